"""The pricing policy of one org: how what is taken off an order stacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.pricing.stacking import Stacking

PRICING_POLICY_STREAM = "pricing-policy"


class PricingPolicy(LedgerAggregate):
    """The policy of one org."""

    TOPIC: ClassVar[str] = "pricing.PricingPolicy"
    STREAM: ClassVar[str] = PRICING_POLICY_STREAM

    def __init__(self) -> None:
        self.stacking = Stacking.SEQUENTIAL

    class Event(LedgerAggregate.Event):
        """Base of a pricing policy's facts."""

    class PricingPolicyOpened(Event, FirstFact):
        """An org begins to decide."""

        TOPIC: ClassVar[str] = "pricing.PricingPolicyOpened"

    class PricingPolicySet(Event):
        """It is so for what is quoted and ordered from now on."""

        TOPIC: ClassVar[str] = "pricing.PricingPolicySet"
        fingerprint: str
        stacking: Stacking

        def apply(self, aggregate: PricingPolicy) -> None:
            aggregate.stacking = self.stacking

    @classmethod
    def open(cls, org: str, at: datetime) -> PricingPolicy:
        """Begin an org's policy."""
        return cls._create(cls.PricingPolicyOpened, id=pricing_policy_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        return [TableRow("pricing_policies", {"org": org, "stacking": str(self.stacking)})]

    def set(self, stacking: Stacking, at: datetime, *, fingerprint: str) -> None:
        """Decide it so."""
        self.trigger_event(
            self.PricingPolicySet, timestamp=at, fingerprint=fingerprint, stacking=stacking
        )


def pricing_policy_id(org: str) -> str:
    """Return the stream of an org's pricing policy."""
    return stream_id(org, PRICING_POLICY_STREAM)
