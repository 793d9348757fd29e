"""Payments of a subscription: what is owed, asked for, paid or not, and what it is paid for."""

from __future__ import annotations

from datetime import datetime

from ledger.purchases.notice import Money
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.charge import charge_of
from ledger.subscriptions.overage_facts import OveragePaid
from ledger.subscriptions.steps import change, end_unpaid
from ledger.subscriptions.subscription_base import (
    COLLECTED,
    Owed,
    Status,
    SubscriptionBase,
    Why,
)
from ledger.subscriptions.subscription_facts import (
    ChangePaid,
    ChargeAsked,
    PaymentDue,
    PaymentFailed,
    PeriodPaid,
    WentPastDue,
)

VOIDED = "voided"
"""Why money does not come in for an invoice that a person has made void."""


def owe(
    subscription: SubscriptionBase,
    invoice: str,
    owed: Owed,
    at: datetime,
    *,
    credits: int = 0,
    lot: str | None = None,
    fingerprint: str = "",
) -> None:
    """Record that an invoice is to be paid, with the credits of a period that come at once."""
    subscription.trigger_event(
        PaymentDue,
        timestamp=at,
        user=subscription.user,
        fingerprint=fingerprint,
        invoice=invoice,
        owed=owed,
        credits=credits,
        lot=lot,
    )


def charge(subscription: SubscriptionBase, invoice: str, money: Money, at: datetime) -> None:
    """Have the payment method charged for an invoice."""
    owed, method = subscription.subscription.owed[invoice], subscription.subscription.method
    if owed.charge is not None or method is None:
        return
    subscription.trigger_event(
        ChargeAsked,
        timestamp=at,
        user=subscription.user,
        invoice=invoice,
        charge=charge_of(invoice, subscription.version + 1),
        money=money,
        method=method,
    )


def fail(
    subscription: SubscriptionBase, invoice: str, code: str, at: datetime, *, is_final: bool
) -> None:
    """Record that the money of an invoice did not come in. A period's, or an overage's, is tried
    again by the calendar, then the subscription is past due."""
    owed = subscription.subscription.owed[invoice]
    failures = owed.failures + 1
    is_collected = owed.why in COLLECTED
    is_over = is_final or not is_collected
    retry_us = None if is_over else owed.dunning.next_retry_us(owed.due_us, failures)
    is_active = subscription.subscription.status is Status.ACTIVE
    goes_past_due = is_collected and retry_us is None and is_active
    subscription.trigger_event(
        PaymentFailed,
        timestamp=at,
        user=subscription.user,
        invoice=invoice,
        why=owed.why,
        code=code,
        failures=failures,
        is_final=is_final,
        is_owed=is_collected,
        goes_past_due=goes_past_due,
        retry_us=retry_us,
    )
    if owed.why is Why.START:
        end_unpaid(subscription, at)
    elif goes_past_due:
        go_past_due(subscription, invoice, at)


def drop(subscription: SubscriptionBase, invoice: str, at: datetime) -> None:
    """Record that an invoice is not to be paid any more: a person has voided it. What was past due
    for want of it runs again."""
    owed = subscription.subscription.owed.get(invoice)
    if owed is None:
        return
    subscription.trigger_event(
        PaymentFailed,
        timestamp=at,
        user=subscription.user,
        invoice=invoice,
        why=owed.why,
        code=VOIDED,
        failures=owed.failures,
        is_final=True,
        status=_status_without(subscription, invoice),
    )
    if owed.why is Why.START:
        end_unpaid(subscription, at)


def pay(
    subscription: SubscriptionBase, invoice: str, lot: str | None, credits: int, at: datetime
) -> None:
    """Record that an invoice was paid, with the credits that it brings: the period is, or the
    change is made."""
    now, owed = subscription.subscription, subscription.subscription.owed[invoice]
    if owed.why is Why.CHANGE and owed.charge is not None:
        change(
            subscription, owed.holding, at, owed.start_us, credits=credits, lot=lot, invoice=invoice
        )
        return
    if owed.why is Why.OVERAGE:
        status = _status_without(subscription, invoice)
        subscription.trigger_event(
            OveragePaid, timestamp=at, user=subscription.user, invoice=invoice, status=status
        )
        return
    if owed.why is Why.CHANGE:
        subscription.trigger_event(
            ChangePaid,
            timestamp=at,
            user=subscription.user,
            invoice=invoice,
            credits=credits,
            lot=lot,
            is_late=now.is_over or owed.end_us != now.end_us,
        )
        return
    is_late = now.is_over or owed.period != now.period
    pay_period(subscription, owed.period, credits, lot, at, invoice=invoice, is_late=is_late)


def pay_period(
    subscription: SubscriptionBase,
    period: Period,
    credits: int,
    lot: str | None,
    at: datetime,
    *,
    invoice: str | None = None,
    is_late: bool = False,
) -> None:
    """Record that a period is paid for, or costs nothing. What was past due runs again, unless
    another period is not paid for."""
    subscription.trigger_event(
        PeriodPaid,
        timestamp=at,
        user=subscription.user,
        status=_status_without(subscription, invoice),
        start_us=period.start_us,
        end_us=period.end_us,
        credits=credits,
        invoice=invoice,
        lot=lot,
        is_late=is_late,
    )


def go_past_due(subscription: SubscriptionBase, invoice: str, at: datetime) -> None:
    """Record that what is owed is tried no more."""
    subscription.trigger_event(WentPastDue, timestamp=at, user=subscription.user, invoice=invoice)


def _status_without(subscription: SubscriptionBase, invoice: str | None) -> Status:
    """Return what a subscription is once an invoice is owed no more."""
    now = subscription.subscription
    others = [each for name, each in now.owed.items() if name != invoice]
    is_behind = any(each.why in COLLECTED and each.is_given_up for each in others)
    stays = now.is_over or (now.status is Status.PAST_DUE and is_behind)
    return now.status if stays else Status.ACTIVE
