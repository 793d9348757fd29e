"""Exchanges: what has come back of an order pays a new one, and what one is worth more than the
other is paid, or goes back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from api.commands.returns.returns import ExchangeReturn
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.more_lines import costs_of_more, order_of_more
from api.http.ordering.paying import paid_order
from api.http.ordering.routes.orders import GuestSecret, find
from api.http.ordering.value_sources import sent_values
from api.http.problem_schemas import may_answer
from api.http.returns.bodies import ExchangeBody, WantedExchange
from api.http.returns.exchange_answers import (
    ExchangesAnswer,
    MadeExchangeAnswer,
    exchange_answer,
    made_answer,
)
from api.http.returns.permissions import ReturnsExchanger, ReturnsReader
from api.http.router import Router
from api.queries.ordering.exchanges import exchanges_in
from api.queries.ordering.orders import (
    FoundOrder,
    OrderEvent,
    gone_in,
    history_of,
    merged,
    refunds_in,
    terms_in,
)
from api.queries.returns.returns import returns_of
from ledger.kernel.decoding import converted
from ledger.kernel.errors import (
    CartChanged,
    Conflict,
    NotFound,
    OutOfStock,
    PaymentDeclined,
    Unavailable,
)
from ledger.kernel.money import parse_amount_or_zero
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.refund_shares import AskedLine, shares_of_lines
from ledger.returns.order_return import ReturnStatus
from ledger.returns.return_facts import ReturnExchanged
from ledger.returns.returns import no_return

router = Router(prefix="/v1/orders/{order}", tags=["returns"])


@router.post(
    "/returns/{return_id}/exchange",
    openapi_extra=may_answer(
        CartChanged, Conflict, NotFound, OutOfStock, PaymentDeclined, Unavailable
    ),
)
async def exchange_return(
    caller: ReturnsExchanger, key: IdempotencyKey, order: str, return_id: str, body: WantedExchange
) -> Ok[MadeExchangeAnswer]:
    """Exchange what has come for a new order of the same buyer to the same place, at the prices of
    now. What has come is worth what a refund of it is, and pays first: what is new costs more, then
    the rest is paid as at a checkout; it costs less, then the rest goes back. Without
    `expected_value` and `expected_total` nothing is done: it is said what it would come to."""
    found = await find(caller, order)
    history = await history_of(caller.service.reader, caller.org, found.id)
    if body.expected_value is None and body.expected_total is None:
        return Ok(await _proposed(caller, found, return_id, body, history))
    command = await _command(caller, key, found, return_id, body, history)
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, ReturnExchanged)
    history = await history_of(caller.service.reader, caller.org, found.id)
    new_order = await paid_order(caller, fact.new_order)
    answer = made_answer(
        found,
        return_id,
        _exchanged(history, fact),
        new_order.total,
        exchange=fact.exchange,
        refund=fact.refund,
        new_order=new_order,
    )
    return Ok(answer, replayed=result.replayed)


@router.get("/exchanges", openapi_extra=may_answer(NotFound))
async def list_exchanges_of_order(
    caller: ReturnsReader, order: str, guest_secret: GuestSecret = None
) -> Ok[ExchangesAnswer]:
    """The exchanges of an order, those that began first first. With a secret it is the guest's who
    has it."""
    found = await find(caller, order, guest_secret, of_the_past=True)
    history = await history_of(caller.service.reader, caller.org, found.id)
    return Ok(ExchangesAnswer([exchange_answer(each) for each in exchanges_in(history)]))


async def _proposed(
    caller: Caller,
    found: FoundOrder,
    return_id: str,
    body: ExchangeBody,
    history: Sequence[OrderEvent],
) -> MadeExchangeAnswer:
    """Return what an exchange would come to. Raises NotFound, Invalid and Conflict."""
    made = (await returns_of(caller.service.reader, caller.org, found.id)).get(return_id)
    if made is None:
        raise no_return()
    made.order_return.check_next(ReturnStatus.EXCHANGED)
    terms = terms_in(history)
    asked = [AskedLine(line, units) for line, units in made.order_return.units().items()]
    lines = shares_of_lines(terms, gone_in(history), asked)
    costs = await costs_of_more(caller, found, terms, body.lines, body.shipping)
    return made_answer(found, return_id, lines, costs.to_pay)


async def _command(
    caller: Caller,
    key: str,
    found: FoundOrder,
    return_id: str,
    body: ExchangeBody,
    history: Sequence[OrderEvent],
) -> ExchangeReturn:
    currency, terms = found.currency, terms_in(history)
    value = parse_amount_or_zero(body.expected_value or 0, currency, "expected_value")
    total = parse_amount_or_zero(body.expected_total or 0, currency, "expected_total")
    sent = body.model_dump(
        exclude_unset=True, exclude_none=True, exclude={"gift_cards", "store_credit"}
    )
    sent |= {"order": found.id, "return": return_id}
    sent |= {"expected_value": value, "expected_total": total}
    costs = partial(costs_of_more, caller, found, terms, body.lines, body.shipping)
    return ExchangeReturn(
        **caller.asks(key),
        sent=sent | sent_values(caller, body, currency),
        order=found.id,
        order_return=return_id,
        exchange=caller.new_id("exc"),
        refund=caller.new_id("ref"),
        expected_value=value,
        new=await order_of_more(caller, found, body, costs, total),
    )


def _exchanged(history: Sequence[OrderEvent], fact: ReturnExchanged) -> list[RefundedLine]:
    """Return what came back, by what was exchanged of it and what goes back of the rest."""
    body = next(
        each.body
        for each in history
        if each.type == "ordering.OrderExchangeBegun" and each.body["exchange"] == fact.exchange
    )
    rest = [
        each
        for refund in refunds_in(history)
        if refund.id == fact.refund
        for each in refund.all_lines
    ]
    lines: list[RefundedLine] = converted(merged([*body["lines"], *rest]), list[RefundedLine])
    return lines
