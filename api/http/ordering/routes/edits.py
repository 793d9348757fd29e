"""Edits of orders: what one would come to, and that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from api.commands.ordering.editing import EditOrder, of_added
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.answers.order_edits import OrderEditAnswer, edit_answer
from api.http.ordering.bodies import OrderEdit, OrderEditBody
from api.http.ordering.more_lines import costs_of_more, order_of_more
from api.http.ordering.paying import paid_order
from api.http.ordering.permissions import OrdersWriter
from api.http.ordering.routes.orders import find
from api.http.ordering.value_sources import sent_values
from api.http.pricing.bodies import NAMED_BY_BUYERS
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.ordering.orders import (
    FoundOrder,
    OrderEvent,
    gone_in,
    history_of,
    refunds_in,
    terms_in,
)
from ledger.kernel.decoding import converted
from ledger.kernel.errors import (
    CartChanged,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    OutOfStock,
    PaymentDeclined,
    Unavailable,
)
from ledger.kernel.money import parse_amount_or_zero
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_edits import EditedLine, OrderEdited, check_editable, taken_out
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.refund_shares import shares_of_lines

router = Router(prefix="/v1/orders/{order}/edit", tags=["orders"])


@router.post(
    "",
    openapi_extra=may_answer(
        CartChanged, Conflict, NotFound, OutOfStock, PaymentDeclined, Unavailable
    ),
)
async def edit_order(
    caller: OrdersWriter, key: IdempotencyKey, order: str, body: OrderEdit
) -> Ok[OrderEditAnswer]:
    """Edit an order that is confirmed, before it is fulfilled: what is taken out goes back at what
    it was sold for, and what is added is an order of its own, at its prices of now and paid by
    itself. Without `expected_refund` and `expected_total` nothing is done: it is said what it would
    come to."""
    found = await find(caller, order)
    check_edit(caller, body)
    history = await history_of(caller.service.reader, caller.org, found.id)
    if body.expected_refund is None and body.expected_total is None:
        return Ok(await _proposed(caller, found, body, history))
    result = await caller.service.writer.submit(await _command(caller, key, found, body, history))
    fact = result.stored_fact.fact
    assert isinstance(fact, OrderEdited)
    history = await history_of(caller.service.reader, caller.org, found.id)
    back = next((each for each in refunds_in(history) if each.id == fact.refund), None)
    lines = [] if back is None else converted(back.all_lines, list[RefundedLine])
    added = await paid_order(caller, fact.added) if fact.added is not None else None
    answer = edit_answer(found, lines, fact.difference, refund=fact.refund, added=added)
    return Ok(answer, replayed=result.replayed)


async def _proposed(
    caller: Caller, found: FoundOrder, body: OrderEditBody, history: Sequence[OrderEvent]
) -> OrderEditAnswer:
    """Return what an edit would come to. Raises Invalid."""
    check_editable(OrderStatus(found.status))
    terms = terms_in(history)
    back = gone_in(history)
    taken = taken_out(terms, back, _lines(body))
    lines = shares_of_lines(terms, back, taken)
    costs = (await _added(caller, found, terms, body)).to_pay if body.add else 0
    return edit_answer(found, lines, costs - sum(each.amount for each in lines))


async def _command(
    caller: Caller,
    key: str,
    found: FoundOrder,
    body: OrderEditBody,
    history: Sequence[OrderEvent],
) -> EditOrder:
    currency = found.currency
    back = parse_amount_or_zero(body.expected_refund or 0, currency, "expected_refund")
    total = parse_amount_or_zero(body.expected_total or 0, currency, "expected_total")
    sent = body.model_dump(
        exclude_unset=True, exclude_none=True, exclude={"gift_cards", "store_credit", "reason"}
    )
    sent |= {"order": found.id, "expected_refund": back, "expected_total": total}
    added = None
    if body.add:
        costs = partial(_added, caller, found, terms_in(history), body)
        more = await order_of_more(caller, found, body, costs, total)
        added = replace(more, adds_to=found.id)
    person = found.owner or found.id
    return EditOrder(
        **caller.asks(key),
        sent=sent | sent_values(caller, body, currency),
        order=found.id,
        refund=caller.new_id("ref"),
        lines=tuple(_lines(body)),
        expected_refund=back,
        added=added,
        reason=sealed_reason(caller, body.reason, person),
    )


async def _added(
    caller: Caller, found: FoundOrder, terms: OrderTerms, body: OrderEditBody
) -> OrderTerms:
    """Return what is added costs now. Raises Invalid, which names it as the body does."""
    try:
        return await costs_of_more(caller, found, terms, body.add or (), body.shipping)
    except Invalid as refusal:
        raise of_added(refusal) from None


def _lines(body: OrderEditBody) -> list[EditedLine]:
    return [EditedLine(each.line, each.units) for each in body.lines or ()]


def check_edit(caller: Caller, body: OrderEditBody) -> None:
    """Raise Invalid where nothing is edited, or what is not added is paid, and Forbidden for what
    is not for who buys to say."""
    if not (body.lines or body.add):
        raise Invalid("lines is required, or add.", field="lines")
    for field in ("shipping", "payment", "gift_cards", "store_credit", "expected_payment"):
        if body.add is None and field in body.sent():
            raise Invalid(f"{field} is of what is added: leave it out.", field=field)
    if caller.own and any(each.sent().keys() - NAMED_BY_BUYERS for each in body.add or ()):
        raise Forbidden("what else lines are is not for who buys to say.", field="add")
