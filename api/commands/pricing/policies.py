"""Policies of pricing: `SetPricingPolicy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.pricing.pricing_policy import PricingPolicy, pricing_policy_id
from ledger.pricing.stacking import Stacking


@dataclass(frozen=True)
class SetPricingPolicy(KeyedCommand):
    """Decide how what is taken off an order stacks, from now on."""

    stacking: Stacking

    operation: ClassVar[str] = "pricing-policy"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(PricingPolicy, pricing_policy_id(self.org))
        policy = found or PricingPolicy.open(self.org, at)
        policy.set(self.stacking, at, fingerprint=self.fingerprint)
        return unit.record(policy, self.actor, self.key)
