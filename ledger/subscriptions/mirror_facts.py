"""Mirror facts: what is recorded only of a subscription that its provider runs."""

from __future__ import annotations

from typing import ClassVar

from ledger.purchases.notice import Money
from ledger.subscriptions.subscription_base import SubscriptionBase, SubscriptionFact


class MirrorRead(SubscriptionFact):
    """How the subscription stood at the provider who runs it was read there at `read_us`: what is
    recorded with this is what was new."""

    TOPIC: ClassVar[str] = "subscriptions.MirrorRead"
    read_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(read_us=self.read_us)


class OverageDrafted(SubscriptionFact):
    """So many `credits` of use beyond those included are to be on the provider's `invoice`, a draft
    of a customer and the subscription `mirrors` there; the wallet owes them no more."""

    TOPIC: ClassVar[str] = "subscriptions.OverageDrafted"
    invoice: str
    credits: int
    money: Money
    text: str
    customer: str
    mirrors: str

    def apply(self, aggregate: SubscriptionBase) -> None:
        drafted = aggregate.subscription.drafted | {self.invoice: self.credits}
        aggregate.becomes(drafted=drafted)


class OverageLeft(SubscriptionFact):
    """It is not on that invoice, a draft no more, or gone: the wallet owes it again."""

    TOPIC: ClassVar[str] = "subscriptions.OverageLeft"
    invoice: str
    credits: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(drafted=aggregate.subscription.drafted | {self.invoice: 0})
