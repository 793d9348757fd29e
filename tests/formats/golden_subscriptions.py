"""The part of the golden story that is about subscriptions: every fact of them, every field with
and without."""

from __future__ import annotations

from api.commands.command import Command
from ledger.subscriptions.changes import When
from ledger.subscriptions.charge import charge_of, invoice_of
from ledger.subscriptions.coupon_book import CouponBook
from ledger.subscriptions.plan import AfterTrial, Interval, Overage
from ledger.subscriptions.plan_book import PlanBook
from ledger.subscriptions.reminder import Topic
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_policy import SubscriptionPolicy
from tests.scenarios.commands import ORG
from tests.scenarios.invoice_commands import pay, settings, void
from tests.scenarios.mirrored_subscription import PRICE, billed, mirrored
from tests.scenarios.subscription_commands import (
    advance,
    cancel,
    charge_failed,
    charge_paid,
    pause,
    publish_coupon,
    publish_plan,
    remind,
    resume,
    set_policy,
    subscribe,
)

FAR_US = 4_000_000_000_000_000
WHO = ("nia", "oda", "pia", "quy")


def subscriptions() -> list[Command[object]]:
    """Plans with everything that one may have, and with nothing; who begins with them."""
    return [*_plans(), *_begun()]


def _plans() -> list[Command[object]]:
    return [
        publish_plan(key="bare plan", org=ORG),
        publish_plan("agreed", None, key="agreed plan"),
        publish_plan("tried", 700, key="tried plan", trial_days=5, credits_included=10**9),
        publish_plan("terms", 700, key="terms plan", net_days=1),
        publish_plan("slow", 700, key="slow plan", net_days=30),
        publish_plan("sold", 2_000, key="sold plan", stripe_price_id=PRICE),
        publish_plan("dear", 1_400, key="dear plan", net_days=30, credits_included=10**9),
        publish_plan(
            "all",
            12_000,
            key="whole plan",
            org=ORG,
            currency="eur",
            interval=Interval.YEAR,
            interval_count=2,
            credits_included=10**12,
            roll_over_days=30,
            is_pooled=True,
            seats_included=3,
            seat_price=1_500,
            trial_days=14,
            after_trial=AfterTrial.FREE,
            overage=Overage.INVOICE,
            overage_price=90,
            overage_limit=10**11,
            net_days=30,
            entitlements={"models": "all", "export": True, "projects": 7},
            limits={"requests": 60},
            stripe_price_id="price_1",
            stripe_seat_price_id="price_2",
            tax_category="api",
        ),
    ]


def _invoice(user: str, number: int) -> str:
    return invoice_of(subscription_id(ORG, user), number)


def _charge(user: str, number: int, version: int) -> str:
    return charge_of(_invoice(user, number), version)


def _begun() -> list[Command[object]]:
    """One is paid and changed, one is not paid, one is tried, one has time to pay."""
    nia, oda, pia, quy = WHO
    return [
        settings("who sends subscriptions"),
        subscribe(user=nia, key="nia"),
        charge_paid(_charge(nia, 1, 4), 2_000),
        cancel(user=nia, key="nia ends"),
        pause(user=nia, key="nia rests"),
        resume(user=nia, key="nia stays"),
        subscribe("basic", user=nia, key="nia less"),
        *_coupons(),
        subscribe(user=oda, key="oda", coupon="ONCE"),
        charge_failed(_charge(oda, 1, 5)),
        subscribe("tried", user=pia, key="pia", identity="p" * 32),
        subscribe("terms", user=quy, key="quy", method=None),
        subscribe("slow", user="tia", key="tia", method=None, coupon="EVER"),
        subscribe("free", user="rob", key="rob", method=None),
        subscribe("pro", user="rob", key="rob more"),
        charge_paid(_charge("rob", 1, 6), 2_000),
        cancel(user="rob", key="rob ends", at=When.NOW),
        subscribe("free", user="sue", key="sue", method=None),
        pause(user="sue", key="sue rests"),
        mirrored(billed(2), user="una", read=1),
        *_at_once(),
    ]


def _at_once() -> list[Command[object]]:
    """More is held and paid later, less is held at once, and nothing, before it is paid."""
    uma, vic, wes = ("uma", "vic", "wes")
    return [
        subscribe("slow", user=uma, key="uma", method=None),
        subscribe("dear", user=uma, key="uma more", method=None),
        pay(700, id=_invoice(uma, 2), key="uma pays"),
        subscribe("dear", user=vic, key="vic", method=None),
        subscribe("slow", user=vic, key="vic less", method=None, at=When.NOW),
        subscribe("dear", user=wes, key="wes", method=None),
        cancel(user=wes, key="wes ends", at=When.NOW),
        subscribe("slow", user="yan", key="yan", method=None),
        subscribe("dear", user="yan", key="yan more", method=None),
    ]


def _coupons() -> list[Command[object]]:
    """A coupon with nothing more than it must have, and one with everything."""
    return [
        publish_coupon("ONCE", key="once"),
        publish_coupon(
            "EVER",
            key="ever",
            amount=200,
            currency="usd",
            periods=None,
            redemptions_max=3,
            until_us=FAR_US,
            plans=["slow"],
        ),
    ]


def subscriptions_later() -> list[Command[object]]:
    """Time has come: for another period, that is not paid, and for the end of a trial."""
    nia, _, pia, quy = WHO
    return [
        advance(nia),
        advance(pia),
        advance(pia),
        set_policy(key="whole policy", credits_at_once=True, retry_days=[1], end_days=30),
        *(advance(user) for user in ("uma", "yan", "yan", "yan", "tia")),  # each is reminded
        advance("uma"),
        advance("yan"),
        pay(700, id=_invoice("yan", 2), key="yan pays late"),
        set_policy(key="bare policy"),
        advance(quy),
        advance("sue"),
        advance("tia"),
        pay(500, id=_invoice("tia", 1), key="tia pays"),
        void(_invoice(quy, 1)),
        charge_failed(_charge(nia, 2, 12), "lost_card"),
        charge_failed(_charge(pia, 1, 7)),
        subscribe("basic", user=nia, key="nia's other card", method="pm_2"),
    ]


def subscriptions_last() -> list[Command[object]]:
    """One that was not paid ends, and its payer was told so."""
    pia = WHO[2]
    return [
        advance(pia),
        charge_failed(_charge(pia, 1, 9), "lost_card"),
        advance(pia),
        remind(1, Topic.TRIAL_ENDS, user=pia),
        remind(2, Topic.PAYMENT_FAILED, user=pia, invoice=_invoice(pia, 1), refused="550"),
    ]


OfSubscriptions = PlanBook | CouponBook | SubscriptionPolicy | Subscription
"""The aggregates of subscriptions."""


def state_of_subscriptions(aggregate: OfSubscriptions) -> list[object]:
    """What an aggregate of subscriptions remembers."""
    match aggregate:
        case PlanBook():
            return [aggregate.plans]
        case CouponBook():
            return [aggregate.published, aggregate.redemptions, aggregate.given_back]
        case SubscriptionPolicy():
            return [aggregate.policy]
        case Subscription():
            return [aggregate.subscription]
