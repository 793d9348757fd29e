"""Mirror facts: what is recorded only of a subscription that its provider runs."""

from __future__ import annotations

from typing import ClassVar

from ledger.subscriptions.subscription_base import SubscriptionBase, SubscriptionFact


class MirrorRead(SubscriptionFact):
    """How the subscription stood at the provider who runs it was read there at `read_us`: what is
    recorded with this is what was new."""

    TOPIC: ClassVar[str] = "subscriptions.MirrorRead"
    read_us: int

    def apply(self, aggregate: SubscriptionBase) -> None:
        aggregate.becomes(read_us=self.read_us)
