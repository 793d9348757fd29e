"""Refunds: money goes back for what was not used."""

from __future__ import annotations

from api.commands.purchases.refunds import RequestRefund
from api.http.answers import Created
from api.http.auth.caller import IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.purchases.answers import RefundAnswer, money_answer
from api.http.purchases.bodies import Refund
from api.http.purchases.permissions import RefundsWriter
from api.http.purchases.routes.purchases import find
from api.http.reasons import sealed_reason
from api.http.router import Router
from ledger.kernel.errors import Conflict, Forbidden, NotFound, RefundWindowClosed
from ledger.kernel.money import format_credits, parse_amount
from ledger.kernel.times import format_time
from ledger.purchases.refunds import RefundRequested

router = Router(prefix="/v1/billing/refunds", tags=["purchases"])

ID_BYTES = 12


@router.post("", openapi_extra=may_answer(NotFound, Conflict, RefundWindowClosed))
async def request_refund(
    caller: RefundsWriter, key: IdempotencyKey, body: Refund
) -> Created[RefundAnswer]:
    """Ask for money to go back. Its credits are set aside at once, and come back if it fails."""
    if body.override and not caller.credential.may("orgs:any"):
        raise Forbidden("only an operator refunds what was paid too long ago.", field="override")
    found = await find(caller, body.purchase, "purchase")
    amount = None if body.amount is None else parse_amount(body.amount, found.currency, "amount")
    sent = body.sent() | ({} if amount is None else {"amount": amount})
    sent.pop("reason", None)  # erasable: compared by its digest
    command = RequestRefund(
        **caller.asks(key),
        sent=sent,
        purchase=body.purchase,
        refund=f"ref_{caller.service.random(ID_BYTES).hex()}",
        amount=amount,
        reason=sealed_reason(caller, body.reason, found.owner) if body.reason else None,
        overrides=body.override,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, RefundRequested)
    value = RefundAnswer(
        fact.refund,
        body.purchase,
        money_answer(fact.money),
        format_credits(fact.credits),
        format_time(fact.recorded_us),
    )
    return Created(value, replayed=result.replayed)
