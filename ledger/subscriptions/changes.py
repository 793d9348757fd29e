"""Changes of a subscription: what they come to, and which are made at once. Pure: a preview is what
then happens."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from ledger.invoices.item import Item
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.times import DAY_US
from ledger.subscriptions.calendar import Period, boundary, months_of
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.items import credits_of_change, items_of_change, items_of_period
from ledger.subscriptions.redeeming import is_charged
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState


class When(StrEnum):
    """When something is to be so."""

    NOW = "now"
    PERIOD_END = "period_end"


class Outcome(NamedTuple):
    """What a subscription, or a change, comes to: what is held, from when, the items that are to be
    paid then, and the credits that come with them, for a time. `is_at_once`: it is from now on."""

    is_at_once: bool
    holding: Holding
    period: Period
    items: list[Item]
    credits: int


def start_of(holding: Holding, at_us: int, *, is_trial: bool) -> Outcome:
    """Return what it comes to to begin at a moment, or to try it first."""
    if is_trial:
        ends_us = at_us + holding.plan.plan.trial_days * DAY_US
        return Outcome(
            True, holding, Period(at_us, ends_us), [], holding.plan.plan.credits_included
        )
    return period_of(holding, Period(at_us, boundary(at_us, months_of(holding.plan.plan))))


def period_of(holding: Holding, period: Period) -> Outcome:
    """Return what a whole period comes to."""
    credits = holding.plan.plan.credits_included
    return Outcome(True, holding, period, items_of_period(holding, period), credits)


def change_of(
    now: SubscriptionState,
    after: Holding,
    asked: When | None,
    at_us: int,
    coupon: HeldCoupon | None = None,
) -> Outcome:
    """Return what it comes to to change at a moment, or to redeem a coupon, which is taken off the
    periods to come. Raises NotFound, Conflict and Invalid."""
    before = check_change(now, after)
    if now.status is Status.TRIALING:
        return Outcome(True, after, Period(at_us, now.end_us), [], 0)
    if after == before and coupon is not None:
        return later(now, before, (now.next or after).with_coupon(coupon))
    if is_at_once(before, after, asked):
        items = items_of_change(before, after, now.period, at_us)
        credits = credits_of_change(before, after, now.period, at_us)
        return Outcome(True, after, Period(at_us, now.end_us), items, credits)
    return later(now, before, after.with_coupon(coupon or now.coupon))


def later(now: SubscriptionState, before: Holding, after: Holding) -> Outcome:
    """Return what the next period comes to."""
    months = now.months + months_of(before.plan.plan)
    end_us = boundary(now.anchor_us, months + months_of(after.plan.plan))
    return period_of(after, Period(now.end_us, end_us))._replace(is_at_once=False)


def during(now: SubscriptionState, after: Holding) -> Holding:
    """Return what would be held in the period that is running: its coupon is taken off that too."""
    return msgspec.structs.replace(after, coupon=now.holding.coupon) if now.holding else after


def running(now: SubscriptionState) -> Holding:
    """Return what is held. Raises NotFound where nothing is, and Conflict while it waits for money
    that may change it."""
    if now.holding is None or now.status is Status.ENDED:
        raise NotFound("there is no subscription.", field="user")
    require_ours(now)
    if now.status is Status.PAUSED:
        raise Conflict("it is paused: resume it first.", field="user")
    if now.status is Status.INCOMPLETE or now.is_paying:
        raise Conflict("a payment is on its way: ask again when it has come.", field="user")
    return now.holding


def require_ours(now: SubscriptionState) -> None:
    """Raise Conflict where a provider runs it: nobody moves it here."""
    if now.mirrors is not None and now.status is not Status.ENDED:
        raise Conflict(
            "its provider runs it: change it there, on the page that POST portal gives.",
            field="user",
        )


def check_change(now: SubscriptionState, after: Holding) -> Holding:
    """Return what is held, if it may be changed to another. Raises NotFound and Conflict."""
    before = running(now)
    if after != before and now.owed:
        raise Conflict("pay what is owed first, then change.", field="plan")
    return before


def is_at_once(before: Holding, after: Holding, asked: When | None) -> bool:
    """Tell whether a change is made at once: one to what costs as much or more, over as long, in
    the same money. Others wait for the period's end. Raises Invalid where it cannot be as asked."""
    one, other = before.plan.plan, after.plan.plan
    is_alike = (one.currency, months_of(one)) == (other.currency, months_of(other))
    may_be = is_alike and after.price >= before.price
    if asked is When.NOW and not may_be:
        raise Invalid(
            "what costs less, another period or other money begins with the next period.",
            field="at",
        )
    return may_be and asked is not When.PERIOD_END


def require_method(holding: Holding, coupon: HeldCoupon | None, *, has_method: bool) -> None:
    """Raise Invalid where something is to be charged and nothing can be."""
    if is_charged(holding, coupon) and not has_method:
        raise Invalid(
            "payment_method is required: one that was saved is charged.", field="payment_method"
        )
