"""The subscription policy of one org, as it was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.subscriptions.policy import Policy, check_policy

POLICY_STREAM = "subscription-policy"


class SubscriptionPolicy(LedgerAggregate):
    """The policy of one org."""

    TOPIC: ClassVar[str] = "subscriptions.SubscriptionPolicy"
    STREAM: ClassVar[str] = POLICY_STREAM

    def __init__(self) -> None:
        self.policy = Policy()

    class Event(LedgerAggregate.Event):
        """Base of a policy's facts."""

    class PolicyOpened(Event, FirstFact):
        """An org begins to decide."""

        TOPIC: ClassVar[str] = "subscriptions.PolicyOpened"

    class PolicySet(Event):
        """It is so for what is asked for from now on."""

        TOPIC: ClassVar[str] = "subscriptions.PolicySet"
        fingerprint: str
        policy: Policy

        def apply(self, aggregate: SubscriptionPolicy) -> None:
            aggregate.policy = self.policy

    @classmethod
    def open(cls, org: str, at: datetime) -> SubscriptionPolicy:
        """Begin an org's policy."""
        return cls._create(cls.PolicyOpened, id=policy_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        return [
            TableRow(
                "subscription_policies", {"org": org, "policy": msgspec.to_builtins(self.policy)}
            )
        ]

    def set(self, policy: Policy, at: datetime, *, fingerprint: str) -> None:
        """Decide it so. Raises Invalid."""
        check_policy(policy)
        self.trigger_event(self.PolicySet, timestamp=at, fingerprint=fingerprint, policy=policy)


def policy_id(org: str) -> str:
    """Return the stream of an org's policy."""
    return stream_id(org, POLICY_STREAM)
