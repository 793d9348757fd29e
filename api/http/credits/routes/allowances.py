"""Credit that an org gives: the starter credit of a user, and the monthly free allowance."""

from __future__ import annotations

from api.commands.credits.allowances import GrantStarter, SetAllowance
from api.http.answers import Created, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.credits.answers.allowance import (
    AllowanceAnswer,
    AllowanceSetAnswer,
    allowance_answer,
    allowance_set_answer,
)
from api.http.credits.answers.results import transaction_created
from api.http.credits.answers.transactions import TransactionAnswer
from api.http.credits.bodies import Allowance, Starter
from api.http.credits.permissions import AllowanceReader, CreditsWriter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.credits.allowances import allowance
from ledger.kernel.errors import Conflict, TooManyLots
from ledger.kernel.money import CREDIT, parse_amount
from ledger.kernel.times import month_of

router = Router(prefix="/v1/billing", tags=["credits"])


@router.post("/credits/starter", openapi_extra=may_answer(Conflict, TooManyLots))
async def grant_starter(
    caller: CreditsWriter, key: IdempotencyKey, body: Starter
) -> Created[TransactionAnswer]:
    """Welcome a user with 5,000 credits for 30 days, once for ever, and once for an identity; and
    with this month's free allowance at once, if the org gives one."""
    command = GrantStarter(
        **caller.asks(key),
        sent=body.sent(),
        user=caller.user(body.user),
        month=month_of(caller.service.clock()),
        identity=body.identity,
    )
    result = await caller.service.writer.submit(command)
    return transaction_created(result)


@router.put("/allowance")
async def set_allowance(
    caller: CreditsWriter, key: IdempotencyKey, body: Allowance
) -> Ok[AllowanceSetAnswer]:
    """Give each user so much free credit a month. It is given on the first, ends with the month
    and never accumulates; a month that no user has got yet is given at once."""
    amount = None
    if body.free_monthly is not None:
        amount = parse_amount(body.free_monthly, CREDIT, "free_monthly")
    sent: dict[str, object] = {"free_monthly": amount}
    if body.verified_only:
        sent["verified_only"] = True
    command = SetAllowance(
        **caller.asks(key),
        sent=sent,
        free_monthly=amount,
        verified_only=body.verified_only,
    )
    result = await caller.service.writer.submit(command)
    return Ok(allowance_set_answer(result), replayed=result.replayed)


@router.get("/allowance")
async def get_allowance(caller: AllowanceReader) -> Ok[AllowanceAnswer]:
    """What each user gets a month, and the last month that was given to all of them."""
    found = await allowance(caller.service.reader, caller.org)
    return Ok(allowance_answer(found))
