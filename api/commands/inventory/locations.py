"""Locations: `SetLocation`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.inventory.location import Location
from ledger.inventory.location_book import LocationBook, locations_id


@dataclass(frozen=True)
class SetLocation(KeyedCommand):
    """Set a location of an org, in place of the one of that id."""

    location: Location

    operation: ClassVar[str] = "locations"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(LocationBook, locations_id(self.org))
        book = found or LocationBook.open(self.org, at)
        book.set(self.location, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
