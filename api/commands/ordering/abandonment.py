"""Abandonment: `CountAbandonedCarts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.carts.abandoned import AbandonedCarts
from ledger.ordering.cart_abandonment import CartAbandonment


@dataclass(frozen=True)
class CountAbandonedCarts(KeyedCommand):
    """Record how many carts a sweep has found abandoned. Its key is the sweep's: once."""

    sweep: str
    counts: Sequence[AbandonedCarts]

    operation: ClassVar[str] = "abandoned-carts"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        found = CartAbandonment.count(
            self.org, self.sweep, self.counts, unit.now(self.org), fingerprint=self.fingerprint
        )
        return unit.record(found, self.actor, self.key)
