"""Policies: when included credits come, how money that did not come in is asked for again, and from
which debt on overage is billed within a period."""

from __future__ import annotations

from api.commands.subscriptions.policies import SetSubscriptionPolicy
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.router import Router
from api.http.subscriptions.answers.policies import SubscriptionPolicyAnswer, policy_answer
from api.http.subscriptions.bodies import SubscriptionPolicyAsked, policy_in
from api.http.subscriptions.permissions import PolicyReader, PolicyWriter
from api.queries.subscriptions.policies import policy_of
from ledger.subscriptions.subscription_policy import SubscriptionPolicy

router = Router(prefix="/v1/billing/subscription-policy", tags=["subscriptions"])


@router.get("")
async def get_subscription_policy(caller: PolicyReader) -> Ok[SubscriptionPolicyAnswer]:
    """What the org has decided of subscriptions, or what holds where it has not."""
    return Ok(policy_answer(await policy_of(caller.service.reader, caller.org)))


@router.put("")
async def set_subscription_policy(
    caller: PolicyWriter, key: IdempotencyKey, body: SubscriptionPolicyAsked
) -> Ok[SubscriptionPolicyAnswer]:
    """Decide when included credits come, and how money that did not come in is asked for again: of
    invoices that are issued from now on; and how many credits of overage are billed before the
    period ends. What is not said is as where nothing was decided."""
    command = SetSubscriptionPolicy(**caller.asks(key), sent=body.sent(), policy=policy_in(body))
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, SubscriptionPolicy.PolicySet)
    return Ok(policy_answer(fact.policy), replayed=result.replayed)
