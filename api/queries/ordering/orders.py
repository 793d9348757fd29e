"""Orders as they are, and what has happened to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.queries.lists import ModelList
from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_bill import invoice_name
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_order_id import PAST_ORDER_STREAM, is_past_order_id
from ledger.ordering.value_payment import ValuePayment
from ledger.purchases.notice import RefundState
from ledger.stored_value.value_source import of_exchange


class FoundOrder(NamedTuple):
    """An order: whose it is, its money in the currency's smallest unit, and the page where it is
    paid, once there is one. `guest`: the digest of a guest's secret; `stored_value`: what of the
    total gift cards and store credit pay; `invoice`: the id of its invoice."""

    id: str
    owner: str | None
    guest: str | None
    number: str | None
    status: str
    payment_status: str
    total: int
    stored_value: int
    refunded: int
    currency: str
    provider: str | None
    url: str | None
    cart: str | None
    placed_us: int
    ends_us: int
    invoice: str | None
    source: str | None = None


class OrderEvent(NamedTuple):
    """An event of an order, with the erasable text that came with it, unless that was erased."""

    sequence: int
    type: str
    recorded_us: int
    body: dict[str, Any]
    text: str | None


class OrderRefund(NamedTuple):
    """A refund of an order: what a `provider` sends back, if it does, and of which lines with how
    many units; and the `values` that return to gift cards and store credit, or pay a new order,
    with their lines. `why`: whether it was asked for, found at the provider's, is money that the
    order did not take, or is captured no more, pays a new order, or is what that has given back."""

    id: str
    why: str
    currency: str
    state: str
    asked_us: int
    provider: str | None = None
    amount: int = 0
    lines: Sequence[dict[str, Any]] = ()
    values: Sequence[ValuePayment] = ()
    value_lines: Sequence[dict[str, Any]] = ()
    reason: str | None = None

    @property
    def all_lines(self) -> list[dict[str, Any]]:
        """What it is of the lines, sent or not."""
        return merged([*self.lines, *self.value_lines])

    @property
    def gone_lines(self) -> list[dict[str, Any]]:
        """What of the lines has gone back, or is on its way."""
        sent = () if self.state == RefundState.FAILED else self.lines
        return [*sent, *self.value_lines]


class ListedOrder(NamedTuple):
    """An order of a list; times in microseconds."""

    id: str
    owner: str | None
    number: str | None
    status: str
    payment_status: str
    currency: str
    subtotal: int
    discount: int
    total: int
    lines: int
    placed_us: int
    confirmed_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.placed_us, self.id


ORDERS = ModelList("orders", "ordering/orders", ListedOrder)


async def order_of(reader: Reader, org: str, order: str) -> FoundOrder | None:
    """Return an order as it is now."""
    query = "ordering/past_order" if is_past_order_id(order) else "ordering/order"
    asked = {"org": org, "id": order, "invoice": invoice_name(order)}
    row = await reader.row(org, query, asked)
    return None if row is None else FoundOrder(**row)


async def history_of(reader: Reader, org: str, order: str) -> list[OrderEvent]:
    """Return what has happened to an order, in order; it begins with its placing."""
    kind = PAST_ORDER_STREAM if is_past_order_id(order) else "order"
    asked = {"org": org, "stream": f"{kind}/{order}"}
    rows = await reader.rows(org, "ordering/history", asked)
    return [OrderEvent(**row) for row in rows]


def terms_in(history: Sequence[OrderEvent]) -> OrderTerms:
    """Return the terms at which an order was placed."""
    terms: OrderTerms = converted(history[0].body["terms"], OrderTerms)
    return terms


def added_in(history: Sequence[OrderEvent]) -> list[str]:
    """Return the orders of what edits have added to an order."""
    edits = [each.body for each in history if each.type == "ordering.OrderEdited"]
    return [body["added"] for body in edits if "added" in body]


def paid_from_in(history: Sequence[OrderEvent]) -> list[ValuePayment]:
    """Return what gift cards and store credit pay of an order."""
    found: list[ValuePayment] = converted(history[0].body.get("paid_from", []), list[ValuePayment])
    return found


NOT_TAKEN = "not_taken"
"""Why money goes back that an order did not take."""

LESSENED = "not_captured"
"""Why money does not go back that was never captured."""

EXCHANGED = "exchanged"
"""Why money goes to a new order."""

COME_BACK = "come_back"
"""Why money goes back that a new order has given back."""

_WHY = {
    "ordering.OrderRefundRequested": "asked",
    "ordering.OrderRefundFound": "found",
    "ordering.StrayMoneyCame": NOT_TAKEN,
    "ordering.OrderLessened": LESSENED,
}
_LESSENED = "ordering.OrderLessened"
_RETURNED = "ordering.OrderValueReturned"
_BEGUN = "ordering.OrderExchangeBegun"
_ENDED = "ordering.OrderExchangeEnded"
_ENDS = {
    "ordering.OrderRefundPaid": RefundState.PAID,
    "ordering.OrderRefundFailed": RefundState.FAILED,
}


def refunds_in(history: Sequence[OrderEvent]) -> list[OrderRefund]:
    """Return the refunds of an order, those that began first first."""
    found: dict[str, OrderRefund] = {}
    for event in history:
        body = event.body
        name = body.get("refund", "")
        if event.type == _BEGUN:
            found[body["exchange"]] = _exchange_in(event)
        elif event.type == _ENDED:
            del found[body["exchange"]]
        elif event.type == _RETURNED:
            known = found.get(name)
            found[name] = OrderRefund(
                name,
                known.why if known is not None else _why(event),
                body["currency"],
                RefundState.PAID.value,
                event.recorded_us,
                values=converted(body["values"], list[ValuePayment]),
                value_lines=body["lines"],
                reason=event.text,
            )
        elif event.type in _WHY:
            begun = found.get(name) or OrderRefund(
                name, _why(event), body["money"]["currency"], "", event.recorded_us
            )
            is_done = event.type == _LESSENED
            found[name] = begun._replace(
                why=_WHY[event.type] if is_done else begun.why,
                state=(RefundState.PAID if is_done else RefundState.PENDING).value,
                provider=body["provider"],
                amount=body["money"]["amount"],
                lines=body.get("lines", []),
                reason=event.text,
            )
        elif event.type in _ENDS:
            found[name] = found[name]._replace(state=_ENDS[event.type].value)
    return list(found.values())


def gone_in(history: Sequence[OrderEvent]) -> list[RefundedLine]:
    """Return what of the lines has gone back, or is on its way."""
    gone = [line for each in refunds_in(history) for line in each.gone_lines]
    lines: list[RefundedLine] = converted(gone, list[RefundedLine])
    return lines


def merged(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what goes back of each line once, by the lines."""
    found: dict[int, dict[str, Any]] = {}
    for each in lines:
        known = found.get(each["line"])
        more = {} if known is None else {n: known[n] + each[n] for n in ("units", "amount")}
        found[each["line"]] = {**each, **more}
    return [found[line] for line in sorted(found)]


def _why(event: OrderEvent) -> str:
    return COME_BACK if event.body.get("of_exchange") else _WHY.get(event.type, "asked")


def _exchange_in(event: OrderEvent) -> OrderRefund:
    """Return what is to pay a new order, as a refund that waits for it."""
    lines = event.body["lines"]
    path = of_exchange(event.body["new_order"]).path
    return OrderRefund(
        event.body["exchange"],
        EXCHANGED,
        event.body["currency"],
        RefundState.PENDING.value,
        event.recorded_us,
        values=[ValuePayment(path, sum(each["amount"] for each in lines))],
        value_lines=lines,
    )
