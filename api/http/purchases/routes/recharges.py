"""Auto-recharge: the rule by which a wallet buys credit when it runs low."""

from __future__ import annotations

from api.commands.purchases.recharges import RemoveRecharge, SetRecharge
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.parameters import User
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.purchases import (
    RechargeAnswer,
    RemovedRechargeAnswer,
    recharge_answer,
)
from api.http.purchases.bodies import Recharge, money_of
from api.http.purchases.permissions import PurchasesReader, PurchasesWriter
from api.http.purchases.provider_calls import answered
from api.http.router import Router
from api.queries.purchases.recharges import rule_of
from ledger.kernel.errors import NotFound, Unavailable
from ledger.kernel.ids import check_user
from ledger.kernel.money import CREDIT, parse_amount
from ledger.kernel.times import format_time
from ledger.purchases.purchase_base import STRIPE, SavedMethod
from ledger.purchases.recharge_facts import Rule

router = Router(prefix="/v1/billing/auto-recharge", tags=["purchases"])


@router.get("", openapi_extra=may_answer(NotFound))
async def look_at_recharge(caller: PurchasesReader, user: User | None = None) -> Ok[RechargeAnswer]:
    """The rule of a wallet, and what it has done in its month."""
    return await _answered(caller, caller.user(None if user is None else check_user(user)))


@router.put("", openapi_extra=may_answer(NotFound, Unavailable))
async def set_recharge(
    caller: PurchasesWriter, key: IdempotencyKey, body: Recharge
) -> Ok[RechargeAnswer]:
    """Buy for a wallet by a rule from now on. Turned off, nothing is begun any more, and what was
    not sent is not sent."""
    user, money = caller.user(body.user), money_of(body.amount)
    threshold = parse_amount(body.threshold, CREDIT, "threshold")
    exactly = {"amount": [money.amount, money.currency], "threshold": threshold}
    command = SetRecharge(
        **caller.asks(key),
        sent=caller.says(body.sent()) | exactly,
        user=user,
        rule=Rule(
            body.enabled,
            threshold,
            money,
            SavedMethod(await _customer(caller, user), body.payment_method),
            body.max_monthly,
        ),
    )
    await caller.service.writer.submit(command)
    return await _answered(caller, user)


@router.delete("", openapi_extra=may_answer(NotFound))
async def remove_recharge(
    caller: PurchasesWriter, key: IdempotencyKey, user: User | None = None
) -> Ok[RemovedRechargeAnswer]:
    """Buy for a wallet by no rule any more."""
    of = caller.user(None if user is None else check_user(user))
    command = RemoveRecharge(**caller.asks(key), sent={"user": of}, user=of)
    result = await caller.service.writer.submit(command)
    removed_at = format_time(result.stored_fact.fact.recorded_us)
    return Ok(RemovedRechargeAnswer(of, removed_at), replayed=result.replayed)


async def _answered(caller: Caller, user: str) -> Ok[RechargeAnswer]:
    found = await rule_of(caller.service.reader, caller.org, user)
    if found is None:
        raise NotFound("the wallet has no rule.", field="user")
    return Ok(recharge_answer(user, found))


async def _customer(caller: Caller, user: str) -> str:
    provider = await caller.service.payments.provider(STRIPE)
    with answered("the provider does not say whose it is"):
        return await provider.customer(caller.org, user)
