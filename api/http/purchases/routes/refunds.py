"""Refunds: money goes back for what was not used."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.purchases.refunds import RequestRefund
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.paging import Limit
from api.http.parameters import Sequence, Text, User, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.purchases import money_answer
from api.http.purchases.answers.refunds import ListedRefundAnswer, RefundAnswer, refund_answer
from api.http.purchases.bodies import Refund
from api.http.purchases.permissions import RefundsReader, RefundsWriter
from api.http.purchases.routes.purchases import find as find_purchase
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.purchases.refunds import (
    REFUNDS,
    FoundRefund,
    refund_of,
)
from api.queries.read_models import applied_sequence
from ledger.kernel.errors import Conflict, Forbidden, NotFound, RefundWindowClosed
from ledger.kernel.money import format_credits, parse_amount
from ledger.kernel.times import format_time
from ledger.purchases.notice import RefundState
from ledger.purchases.refunds import RefundRequested

router = Router(prefix="/v1/billing/refunds", tags=["refunds"])


@router.post("", openapi_extra=may_answer(NotFound, Conflict, RefundWindowClosed))
async def request_refund(
    caller: RefundsWriter, key: IdempotencyKey, body: Refund
) -> Created[RefundAnswer]:
    """Ask for money to go back. Its credits are set aside at once, and come back if it fails."""
    if body.override and not caller.credential.may("orgs:any"):
        raise Forbidden("only an operator refunds what was paid too long ago.", field="override")
    found = await find_purchase(caller, body.purchase, "purchase")
    amount = None if body.amount is None else parse_amount(body.amount, found.currency, "amount")
    sent = body.sent() | ({} if amount is None else {"amount": amount})
    sent.pop("reason", None)  # erasable: compared by its digest
    command = RequestRefund(
        **caller.asks(key),
        sent=sent,
        purchase=body.purchase,
        refund=caller.new_id("ref"),
        amount=amount,
        reason=sealed_reason(caller, body.reason, found.owner),
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


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_refunds(
    caller: RefundsReader,
    user: User | None = None,
    purchase: Text | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(RefundState)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedRefundAnswer]]:
    """An org's refunds, of one user, of one purchase, or of all the caller may see, those asked for
    last first."""
    check_choice(status, tuple(RefundState), "status")
    filters = {
        "user": caller.filter(user),
        "purchase": checked_text(purchase, "purchase"),
        "status": status,
    }
    return await answer_list(
        caller,
        REFUNDS,
        filters,
        refund_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.get("/{refund}", openapi_extra=may_answer(NotFound))
async def look_at_refund(caller: RefundsReader, refund: str) -> Ok[ListedRefundAnswer]:
    """One refund as it is now."""
    return Ok(refund_answer(await find(caller, refund)))


async def find(caller: Caller, refund: str) -> FoundRefund:
    """Return a refund that the caller may see, with what was recorded by now. Raises NotFound."""
    reader = caller.service.reader
    await applied_sequence(reader, caller.org, REFUNDS.model, None)
    found = await refund_of(reader, caller.org, refund)
    if found is None or not caller.sees(found.owner):
        raise NotFound("there is no refund of that id.", field="id")
    return found
