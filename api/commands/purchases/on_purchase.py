"""On a purchase: what callers ask of one, perhaps with a text about its buyer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.commands.command import KeyedCommand
from api.commands.purchases.lookup import find_purchase
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.purchases.purchase import Purchase, purchase_id


@dataclass(frozen=True)
class OnPurchase(KeyedCommand):
    """A command on one purchase; its text is kept as its buyer's, whoever sent it."""

    purchase: str

    def person_of_text(self, unit: UnitOfWork) -> str:
        found, _ = find_purchase(unit, self.org, self.purchase)
        return found.user

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Purchase, purchase_id(self.org, self.purchase))]
