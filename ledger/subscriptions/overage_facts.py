"""Overage facts: what became of the use beyond the credits of a period."""

from __future__ import annotations

from typing import ClassVar

from ledger.subscriptions.subscription_base import Status, SubscriptionBase, SubscriptionFact


class OveragePaid(SubscriptionFact):
    """What was used beyond the credits of a time that has ended was paid, by an invoice of its
    own."""

    TOPIC: ClassVar[str] = "subscriptions.OveragePaid"
    status: Status
    invoice: str

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(status=self.status)
        aggregate.settled(self.invoice)
