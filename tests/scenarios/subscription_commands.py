"""Commands on subscriptions as the API would make them of checked input, in a line each."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.subscriptions.advance import AdvanceSubscription
from api.commands.subscriptions.charges import RecordCharge
from api.commands.subscriptions.coupons import PublishCoupon
from api.commands.subscriptions.ending import (
    CancelSubscription,
    PauseSubscription,
    ResumeSubscription,
)
from api.commands.subscriptions.plans import PublishPlan
from api.commands.subscriptions.policies import SetSubscriptionPolicy
from api.commands.subscriptions.reminders import RecordReminder
from api.commands.subscriptions.subscribing import Subscribe
from ledger.kernel.ids import PLATFORM
from ledger.purchases.notice import Money, PaymentFailed, PaymentPaid
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions.changes import When
from ledger.subscriptions.coupon import Coupon
from ledger.subscriptions.plan import Plan
from ledger.subscriptions.policy import Dunning, Policy
from ledger.subscriptions.reminder import SentReminder, Topic
from tests.scenarios.commands import ACTOR, ORG, USER


def plan(id: str = "basic", price: int | None = 1_000, **fields: Any) -> Plan:
    """A plan of ten dollars a month."""
    return Plan(id=id, name=id.title(), price=price, **fields)


def publish_plan(
    id: str = "basic", price: int | None = 1_000, *, key: str, org: str = PLATFORM, **fields: Any
) -> PublishPlan:
    """A plan that is offered."""
    published = plan(id, price, **fields)
    sent = msgspec.to_builtins(published)
    return PublishPlan(org=org, actor=ACTOR, key=key, sent=sent, plan=published)


def subscribe(
    plan: str = "pro",
    *,
    key: str = "subscribe",
    user: str = USER,
    method: str | None = "pm_1",
    seats: int | None = None,
    identity: str | None = None,
    at: When | None = None,
    coupon: str | None = None,
) -> Subscribe:
    """A payer who wants a plan."""
    return Subscribe(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"plan": plan, "user": user, "seats": seats, "method": method, "coupon": coupon},
        user=user,
        plan=plan,
        seats=seats,
        method=None if method is None else SavedMethod("cus_1", method),
        identity=identity,
        at=at,
        coupon=coupon,
    )


def cancel(
    *, key: str = "cancel", user: str = USER, at: When = When.PERIOD_END
) -> CancelSubscription:
    """A payer who wants it no more."""
    return CancelSubscription(
        org=ORG, actor=ACTOR, key=key, sent={"user": user, "at": at}, user=user, at=at
    )


def resume(*, key: str = "resume", user: str = USER) -> ResumeSubscription:
    """A payer who has thought again."""
    return ResumeSubscription(org=ORG, actor=ACTOR, key=key, sent={"user": user}, user=user)


def pause(*, key: str = "pause", user: str = USER) -> PauseSubscription:
    """A payer who is away for a while."""
    return PauseSubscription(org=ORG, actor=ACTOR, key=key, sent={"user": user}, user=user)


def charge_paid(charge: str, amount: int, *, payment: str | None = None) -> RecordCharge:
    """The provider says that the money came."""
    told = PaymentPaid(payment or f"pi {charge}", Money(amount, "usd"), "cus_1", "pm_1")
    return RecordCharge(ORG, ACTOR, charge, told)


def charge_failed(charge: str, code: str = "card_declined") -> RecordCharge:
    """The provider says that it did not."""
    return RecordCharge(ORG, ACTOR, charge, PaymentFailed(code))


def advance(user: str = USER) -> AdvanceSubscription:
    """Time is looked after."""
    return AdvanceSubscription(ORG, ACTOR, user)


def set_policy(
    *, key: str, credits_at_once: bool = False, interim: int | None = None, **dunning: Any
) -> SetSubscriptionPolicy:
    """What an org decides of its subscriptions."""
    policy = Policy(credits_at_once, Dunning(**dunning), interim)
    sent = msgspec.to_builtins(policy)
    return SetSubscriptionPolicy(org=ORG, actor=ACTOR, key=key, sent=sent, policy=policy)


def remind(asked: int, topic: Topic, *, user: str = USER, **said: Any) -> RecordReminder:
    """What became of mail about a subscription."""
    sent = SentReminder(asked=asked, topic=topic, at_us=asked, address="digest", **said)
    return RecordReminder(ORG, ACTOR, user, sent)


def publish_coupon(id: str = "HALF", *, key: str, **fields: Any) -> PublishCoupon:
    """A coupon of the org: a half of one period, unless it is said otherwise."""
    off = {} if "amount" in fields else {"bps": 5_000}
    published = Coupon(id=id, name=id.title(), **(off | fields))
    sent = msgspec.to_builtins(published)
    return PublishCoupon(org=ORG, actor=ACTOR, key=key, sent=sent, coupon=published)
