"""Policies of purchases: `SetPurchasePolicy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.purchases.policy import Policy
from ledger.purchases.purchase_policy import PurchasePolicy, policy_id


@dataclass(frozen=True)
class SetPurchasePolicy(KeyedCommand):
    """Decide how purchases of an org are refunded and looked at, from now on."""

    policy: Policy

    operation: ClassVar[str] = "purchase-policy"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(PurchasePolicy, policy_id(self.org)) or PurchasePolicy.open(self.org, at)
        found.set(self.policy, at, fingerprint=self.fingerprint)
        return unit.record(found, self.actor, self.key)
