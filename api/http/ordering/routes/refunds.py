"""Refunds of orders: money goes back, by lines, units or amount."""

from __future__ import annotations

from api.commands.ordering.orders import ConfirmOrderRefund, RequestOrderRefund
from api.http.answers import Created, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.answers.order_refunds import OrderRefundAnswer, refund_answer
from api.http.ordering.bodies import OrderRefund, SentRefund, refund_lines
from api.http.ordering.permissions import OrdersConfirmer, OrdersRefunder
from api.http.ordering.routes.orders import find
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.ordering.orders import history_of, refunds_in
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.money import parse_amount
from ledger.ordering.order_refunds import OrderRefundRequested
from ledger.ordering.value_returns import OrderValueReturned

router = Router(prefix="/v1/orders/{order}/refunds", tags=["orders"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict))
async def request_order_refund(
    caller: OrdersRefunder, key: IdempotencyKey, order: str, body: OrderRefund
) -> Created[OrderRefundAnswer]:
    """Ask for money of an order to go back: the exact share of units, or an amount, never more than
    was paid. It goes back as it came: what the provider was paid first, then what store credit and
    gift cards paid, where it is there at once."""
    found = await find(caller, order)
    currency = found.currency
    amount = None if body.amount is None else parse_amount(body.amount, currency, "amount")
    lines = refund_lines(body, currency)
    command = RequestOrderRefund(
        **caller.asks(key),
        sent={"order": order, "amount": amount, "lines": [list(each) for each in lines]},
        order=order,
        refund=caller.new_id("ref"),
        lines=lines,
        amount=amount,
        reason=sealed_reason(caller, body.reason, found.owner or order),
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, OrderRefundRequested | OrderValueReturned)
    return Created(await _answered(caller, order, fact.refund), replayed=result.replayed)


@router.post("/{refund}/confirm", openapi_extra=may_answer(NotFound, Conflict))
async def confirm_order_refund(
    caller: OrdersConfirmer, key: IdempotencyKey, order: str, refund: str, body: SentRefund
) -> Ok[OrderRefundAnswer]:
    """Confirm that a refund was sent by a bank transfer: that of an order that was paid by one."""
    found = await find(caller, order)
    command = ConfirmOrderRefund(
        **caller.asks(key),
        sent={"order": found.id, "refund": refund, **body.sent()},
        order=found.id,
        refund=refund,
        reference=body.reference,
    )
    result = await caller.service.writer.submit(command)
    return Ok(await _answered(caller, order, refund), replayed=result.replayed)


async def _answered(caller: Caller, order: str, refund: str) -> OrderRefundAnswer:
    history = await history_of(caller.service.reader, caller.org, order)
    return refund_answer(next(each for each in refunds_in(history) if each.id == refund))
