"""Policies of subscriptions: `SetSubscriptionPolicy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.subscriptions.policy import Policy
from ledger.subscriptions.subscription_policy import SubscriptionPolicy, policy_id


@dataclass(frozen=True)
class SetSubscriptionPolicy(KeyedCommand):
    """Decide when included credits come, how money is asked for again, and from which debt on
    overage is billed within a period, from now on."""

    policy: Policy

    operation: ClassVar[str] = "subscription-policy"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(SubscriptionPolicy, policy_id(self.org)) or SubscriptionPolicy.open(
            self.org, at
        )
        found.set(self.policy, at, fingerprint=self.fingerprint)
        return unit.record(found, self.actor, self.key)
