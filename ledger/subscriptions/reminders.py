"""Reminders of a subscription: what time wants its payer to be told, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.subscriptions.reminder import SentReminder
from ledger.subscriptions.subscription_base import (
    REMINDERS_KEPT,
    SubscriptionBase,
    SubscriptionFact,
)


class ReminderDue(SubscriptionFact):
    """The time has come to remind of an invoice that is paid by transfer and is due at
    `invoice_due_us`: at `due_us`, when the reminder of a number, counted from one, was due. Those
    before it that were not recorded never are."""

    TOPIC: ClassVar[str] = "subscriptions.ReminderDue"
    invoice: str
    number: int
    due_us: int
    invoice_due_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.owes(self.invoice, reminded=self.number)


class ReminderSent(SubscriptionFact):
    """The payer was told by mail of what is to be paid, or of the end of a trial, or could not
    be."""

    TOPIC: ClassVar[str] = "subscriptions.ReminderSent"
    reminder: SentReminder

    def apply(self, aggregate: SubscriptionBase) -> None:
        reminders = [*aggregate.subscription.reminders, self.reminder]
        aggregate.becomes(reminders=reminders[-REMINDERS_KEPT:])


def want_reminder(
    subscription: SubscriptionBase, invoice: str, number: int, at: datetime, *, due_us: int
) -> None:
    """Record that an invoice is to be reminded of, as of when that was due."""
    subscription.trigger_event(
        ReminderDue,
        timestamp=at,
        user=subscription.user,
        invoice=invoice,
        number=number,
        due_us=due_us,
        invoice_due_us=subscription.subscription.owed[invoice].due_us,
    )


def remind(subscription: SubscriptionBase, reminder: SentReminder, at: datetime) -> None:
    """Record what became of a reminder."""
    subscription.trigger_event(
        ReminderSent, timestamp=at, user=subscription.user, reminder=reminder
    )
