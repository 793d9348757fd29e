"""Changes of a subscription: what they come to, and which are made at once. Pure: a preview is what
then happens."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.item import Item
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.times import DAY_US
from ledger.subscriptions.calendar import Period, boundary, months_of
from ledger.subscriptions.coupon import HeldCoupon
from ledger.subscriptions.items import credits_of_change, items_of_change, items_of_period
from ledger.subscriptions.lessening import UNCHANGED, Lessened, less
from ledger.subscriptions.redeeming import is_charged
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState


class When(StrEnum):
    """When something is to be so."""

    NOW = "now"
    PERIOD_END = "period_end"


class Outcome(NamedTuple):
    """What a subscription, or a change, comes to: what is held, from when, the items that are to be
    paid then, and the credits that come with them, for a time. `is_at_once`: it is from now on;
    `lessened`: what is taken back of invoices, where it is less."""

    is_at_once: bool
    holding: Holding
    period: Period
    items: list[Item]
    credits: int
    lessened: Lessened = UNCHANGED


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
    invoices: Mapping[str, InvoiceState],
    coupon: HeldCoupon | None = None,
) -> Outcome:
    """Return what it comes to to change at a moment, or to redeem a coupon, which is taken off the
    periods to come; `invoices`: those of the period. Raises NotFound, Conflict and Invalid."""
    before = running(now)
    if now.status is Status.TRIALING:
        return Outcome(True, after, Period(at_us, now.end_us), [], 0)
    if after == before and coupon is not None:
        return later(now, before, (now.next or after).with_coupon(coupon))
    if is_at_once(before, after, asked):
        if after.price < before.price:
            lessened = less(now, after, invoices, at_us)
            return Outcome(True, after, Period(at_us, now.end_us), [], 0, lessened)
        check_paid(now, at_us)
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


def check_paid(now: SubscriptionState, at_us: int) -> None:
    """Raise Conflict where more is asked for, and what is owed was not paid in time."""
    for invoice, owed in now.owed.items():
        if not owed.has_time(at_us):
            raise Conflict(
                f"the invoice {invoice} is not paid: before more is held pay it, or send another "
                "payment_method. Less can be held meanwhile.",
                field="plan",
            )


def is_at_once(before: Holding, after: Holding, asked: When | None) -> bool:
    """Tell whether a change is made at once: one over as long, in the same money, to what costs as
    much or more, or where it is asked for less. Others wait for the period's end. Raises Invalid
    where it cannot be as asked."""
    one, other = before.plan.plan, after.plan.plan
    is_alike = (one.currency, months_of(one)) == (other.currency, months_of(other))
    if asked is When.NOW and not is_alike:
        raise Invalid("another period, or other money, begins with the next period.", field="at")
    if not is_alike or asked is When.PERIOD_END:
        return False
    return asked is When.NOW or after.price >= before.price


def require_method(holding: Holding, coupon: HeldCoupon | None, *, has_method: bool) -> None:
    """Raise Invalid where something is to be charged and nothing can be."""
    if is_charged(holding, coupon) and not has_method:
        raise Invalid(
            "payment_method is required: one that was saved is charged.", field="payment_method"
        )
