"""Reminders: `RecordReminder`, what became of mail about a subscription."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.kernel.keys import Key
from ledger.subscriptions.reminder import SentReminder
from ledger.subscriptions.subscription import Subscription, subscription_id


@dataclass(frozen=True)
class RecordReminder(Command[bool]):
    """Record what became of a reminder; done twice it does nothing."""

    user: str
    reminder: SentReminder

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Subscription, subscription_id(self.org, self.user))]

    def decide(self, unit: UnitOfWork) -> bool:
        found = unit.get(Subscription, subscription_id(self.org, self.user))
        if found is None:
            raise NotFound("there is no subscription of that user.", field="user")
        if found.subscription.has_reminder(self.reminder.asked):
            return False
        found.remind(self.reminder, unit.now(self.org))
        unit.record(found, self.actor)
        return True
