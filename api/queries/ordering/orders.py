"""Orders as they are, and what has happened to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.queries.lists import ModelList
from api.queries.reader import Reader
from ledger.kernel.decoding import converted
from ledger.ordering.order_bill import invoice_name
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.past_order_id import PAST_ORDER_STREAM, is_past_order_id
from ledger.purchases.notice import RefundState


class FoundOrder(NamedTuple):
    """An order: whose it is, its money in the currency's smallest unit, and the page where it is
    paid, once there is one. `guest`: the digest of a guest's secret; `invoice`: the id of its
    invoice."""

    id: str
    owner: str | None
    guest: str | None
    number: str | None
    status: str
    payment_status: str
    total: int
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
    """A refund of an order: what goes back, and of which lines with how many units. `why`: whether
    it was asked for, found at the provider's, or is money that the order did not take."""

    id: str
    why: str
    amount: int
    currency: str
    lines: list[dict[str, Any]]
    state: str
    reason: str | None
    asked_us: int


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


_WHY = {
    "ordering.OrderRefundRequested": "asked",
    "ordering.OrderRefundFound": "found",
    "ordering.StrayMoneyCame": "not_taken",
}
_ENDS = {
    "ordering.OrderRefundPaid": RefundState.PAID,
    "ordering.OrderRefundFailed": RefundState.FAILED,
}


def refunds_in(history: Sequence[OrderEvent]) -> list[OrderRefund]:
    """Return the refunds of an order, those that began first first."""
    found: dict[str, OrderRefund] = {}
    for event in history:
        body = event.body
        if event.type in _WHY:
            found[body["refund"]] = OrderRefund(
                body["refund"],
                _WHY[event.type],
                body["money"]["amount"],
                body["money"]["currency"],
                body.get("lines", []),
                RefundState.PENDING.value,
                event.text,
                event.recorded_us,
            )
        elif event.type in _ENDS:
            name = body["refund"]
            found[name] = found[name]._replace(state=_ENDS[event.type].value)
    return list(found.values())
