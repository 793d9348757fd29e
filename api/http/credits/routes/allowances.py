"""Credit that an org gives: the starter credit of a user, and the monthly free allowance."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Response

from api.commands.credits.allowances import GrantStarter, SetAllowance
from api.http.answers import answer
from api.http.auth.caller import Caller, CreditsWriter, IdempotencyKey, Requires
from api.http.credits.answers.results import ResultAnswers
from api.http.credits.bodies import Allowance, Starter
from api.http.router import Router
from api.queries.credits.allowances import allowance
from ledger.credits import allowance as facts
from ledger.kernel.money import CREDIT, format_amount, parse_amount
from ledger.kernel.times import format_time, month_of

router = Router(prefix="/v1/billing", tags=["credits"])
AllowanceReader = Annotated[Caller, Depends(Requires("orgs:read"))]


@router.post("/credits/starter", status_code=201)
async def grant_starter(caller: CreditsWriter, key: IdempotencyKey, body: Starter) -> Response:
    """Welcome a user with 5,000 credits for 30 days, once for ever; and with this month's free
    allowance at once, if the org gives one."""
    command = GrantStarter(
        **caller.asks(key),
        sent=body.sent(),
        user=caller.user(body.user),
        month=month_of(caller.service.clock()),
    )
    result = await caller.service.writer.submit(command)
    return answer(ResultAnswers().transaction(result), HTTPStatus.CREATED, replayed=result.replayed)


@router.put("/allowance")
async def set_allowance(caller: CreditsWriter, key: IdempotencyKey, body: Allowance) -> Response:
    """Give each user so much free credit a month. It is given on the first, ends with the month
    and never accumulates; a month that no user has got yet is given at once."""
    amount = None
    if body.free_monthly is not None:
        amount = parse_amount(body.free_monthly, CREDIT, "free_monthly")
    command = SetAllowance(
        **caller.asks(key),
        sent={"free_monthly": amount},
        free_monthly=amount,
    )
    result = await caller.service.writer.submit(command)
    stored_fact = result.stored_fact
    fact = stored_fact.fact
    assert isinstance(fact, facts.Allowance.AllowanceSet)
    value = {
        "free_monthly": _amount(fact.free_monthly),
        "sequence": stored_fact.sequence,
        "hash": stored_fact.hash.hex(),
        "recorded_at": format_time(fact.recorded_us),
    }
    return answer(value, replayed=result.replayed)


@router.get("/allowance")
async def get_allowance(caller: AllowanceReader) -> Response:
    """What each user gets a month, and the last month that was given to all of them."""
    found = await allowance(caller.service.reader, caller.org)
    return answer(
        {
            "free_monthly": _amount(found.free_monthly),
            "granted_month": found.granted_month,
            "as_of_sequence": found.as_of_sequence,
        }
    )


def _amount(amount: int | None) -> str | None:
    return None if amount is None else format_amount(amount, CREDIT)
