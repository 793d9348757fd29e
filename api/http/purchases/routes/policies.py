"""Policies: how purchases of an org are refunded and looked at."""

from __future__ import annotations

from api.commands.purchases.policies import SetPurchasePolicy
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.purchases.answers.policies import PolicyAnswer, policy_answer
from api.http.purchases.bodies import PolicyAsked
from api.http.purchases.permissions import PolicyReader, PolicyWriter
from api.http.router import Router
from api.queries.purchases.policies import policy_of
from ledger.kernel.money import CREDIT, parse_amount
from ledger.purchases.policy import Policy
from ledger.purchases.purchase_policy import PurchasePolicy

router = Router(prefix="/v1/billing/purchase-policy", tags=["purchases"])


@router.get("")
async def get_purchase_policy(caller: PolicyReader) -> Ok[PolicyAnswer]:
    """What the org has decided of purchases, or what holds where it has not."""
    return Ok(policy_answer(await policy_of(caller.service.reader, caller.org)))


@router.put("")
async def set_purchase_policy(
    caller: PolicyWriter, key: IdempotencyKey, body: PolicyAsked
) -> Ok[PolicyAnswer]:
    """Decide how purchases are refunded and looked at from now on, also those that were bought
    before. What is not said is as where nothing was decided."""
    sent = body.sent()
    if "daily_credits" in sent:
        sent["daily_credits"] = parse_amount(body.daily_credits, CREDIT, "daily_credits")
    command = SetPurchasePolicy(**caller.asks(key), sent=sent, policy=Policy(**sent))
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PurchasePolicy.PolicySet)
    return Ok(policy_answer(fact.policy), replayed=result.replayed)
