"""The purchase policy of one org, as it was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.limits import AMOUNT_MAX, PURCHASES_HOURLY_MAX, REFUND_DAYS_MAX
from ledger.kernel.rows import TableRow
from ledger.purchases.policy import Policy

POLICY_STREAM = "purchase-policy"


class PurchasePolicy(LedgerAggregate):
    """The policy of one org."""

    TOPIC: ClassVar[str] = "purchases.PurchasePolicy"
    STREAM: ClassVar[str] = POLICY_STREAM

    def __init__(self) -> None:
        self.policy = Policy()

    class Event(LedgerAggregate.Event):
        """Base of a policy's facts."""

    class PolicyOpened(Event, FirstFact):
        """An org begins to decide."""

        TOPIC: ClassVar[str] = "purchases.PolicyOpened"

    class PolicySet(Event):
        """It is so from now on, also for what was bought before."""

        TOPIC: ClassVar[str] = "purchases.PolicySet"
        fingerprint: str
        policy: Policy

        def apply(self, aggregate: PurchasePolicy) -> None:
            aggregate.policy = self.policy

    @classmethod
    def open(cls, org: str, at: datetime) -> PurchasePolicy:
        """Begin an org's policy."""
        return cls._create(cls.PolicyOpened, id=policy_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        return [
            TableRow("purchase_policies", {"org": org, "policy": msgspec.to_builtins(self.policy)})
        ]

    def set(self, policy: Policy, at: datetime, *, fingerprint: str) -> None:
        """Decide it so."""
        for name, value, limit in (
            ("refund_days", policy.refund_days, REFUND_DAYS_MAX),
            ("hourly", policy.hourly, PURCHASES_HOURLY_MAX),
            ("daily_credits", policy.daily_credits, AMOUNT_MAX),
        ):
            if not 0 <= value <= limit:
                raise Invalid(f"{name} must be zero or more, at most {limit}.", field=name)
        self.trigger_event(self.PolicySet, timestamp=at, fingerprint=fingerprint, policy=policy)


def policy_id(org: str) -> str:
    """Return the stream of an org's policy."""
    return stream_id(org, POLICY_STREAM)
