"""Benefits: `DefineBenefit`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.catalogue.lookup import require_sku
from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.benefit_book import BenefitBook, benefit_id
from ledger.catalogue.catalogue_item import sku_key
from ledger.kernel.keys import Key


@dataclass(frozen=True)
class DefineBenefit(KeyedCommand):
    """Say what a unit of a SKU gives from now on; what was ordered before gives what it gave."""

    sku: str
    benefit: Benefit

    operation: ClassVar[str] = "sku benefit"

    def must_ask(self, unit: UnitOfWork) -> bool:
        return not unit.keys.remembers(sku_key(self.org, self.sku))

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), sku_key(self.org, self.sku)]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        kind, at = require_sku(unit, self.org, self.sku).kind, unit.now(self.org)
        book = unit.get(BenefitBook, benefit_id(self.org, self.sku))
        book = book or BenefitBook.open(self.org, self.sku, at)
        book.define(self.benefit, kind, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
