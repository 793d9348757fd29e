"""Modifiers of prices: `SetModifier`, `RemoveModifier`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.pricing.modifier import Modifier
from ledger.pricing.modifier_book import ModifierBook, modifiers_id


@dataclass(frozen=True)
class SetModifier(KeyedCommand):
    """Have a modifier change prices from now on, in place of the one of its id."""

    modifier: Modifier

    operation: ClassVar[str] = "price-modifiers"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(ModifierBook, modifiers_id(self.org)) or ModifierBook.open(self.org, at)
        book.set(self.modifier, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


@dataclass(frozen=True)
class RemoveModifier(KeyedCommand):
    """Have a modifier change no price any more."""

    modifier: str

    operation: ClassVar[str] = "price-modifiers-removed"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        book = unit.get(ModifierBook, modifiers_id(self.org))
        if book is None:
            raise NotFound("there is no modifier of that id.", field="modifier")
        book.remove(self.modifier, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
