"""Overage facts: what the debt of a period has reached, and what came of it. Debts in
microcredits."""

from __future__ import annotations

from typing import ClassVar

from ledger.subscriptions.subscription_base import Status, SubscriptionBase, SubscriptionFact


class HalfOfLimitReached(SubscriptionFact):
    """The debt is a half of the `limit` or more, for the first time in the period that ends at
    `ends_us`, or since its last interim invoice."""

    TOPIC: ClassVar[str] = "subscriptions.HalfOfLimitReached"
    debt: int
    limit: int
    ends_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(is_half_used=True)


class InterimReached(SubscriptionFact):
    """The debt is at the org's `threshold`: it is to be billed before the period ends."""

    TOPIC: ClassVar[str] = "subscriptions.InterimReached"
    debt: int
    threshold: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(interim_us=self.recorded_us)


class InterimOver(SubscriptionFact):
    """What had reached the threshold is billed by an `invoice`, or was paid by credit before."""

    TOPIC: ClassVar[str] = "subscriptions.InterimOver"
    invoice: str | None = None

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(interim_us=None)
        if self.invoice is not None:
            aggregate.becomes(is_half_used=False)


class OveragePaid(SubscriptionFact):
    """What was used beyond the credits of a time that has ended was paid, by an invoice of its
    own."""

    TOPIC: ClassVar[str] = "subscriptions.OveragePaid"
    status: Status
    invoice: str

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(status=self.status)
        aggregate.settled(self.invoice)
