"""The location book: the locations of an org, as they were set last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.inventory.location import Location, checked_location
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.limits import LOCATIONS_MAX
from ledger.kernel.money import CREDIT, scale_of
from ledger.kernel.rows import TableRow

LOCATIONS_STREAM = "locations"


class LocationBook(LedgerAggregate):
    """The locations of an org by their ids. None is ever removed: stock may be at it."""

    TOPIC: ClassVar[str] = "inventory.LocationBook"
    STREAM: ClassVar[str] = LOCATIONS_STREAM

    def __init__(self) -> None:
        self.locations: dict[str, Location] = {}
        self.cost_currency: str | None = None
        """In which all costs of stock are; the first that is said is that of all."""

    class Event(LedgerAggregate.Event):
        """Base of a location book's facts."""

    class LocationBookOpened(Event, FirstFact):
        """An org begins to say where its stock is."""

        TOPIC: ClassVar[str] = "inventory.LocationBookOpened"

    class LocationSet(Event):
        """A location is so from now on."""

        TOPIC: ClassVar[str] = "inventory.LocationSet"
        fingerprint: str
        location: Location

        def apply(self, aggregate: LocationBook) -> None:
            aggregate.locations[self.location.id] = self.location

    class CostCurrencySet(Event):
        """What stock has cost is said in a currency."""

        TOPIC: ClassVar[str] = "inventory.CostCurrencySet"
        currency: str

        def apply(self, aggregate: LocationBook) -> None:
            aggregate.cost_currency = self.currency

    @classmethod
    def open(cls, org: str, at: datetime) -> LocationBook:
        """Begin an org's locations."""
        return cls._create(cls.LocationBookOpened, id=locations_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        listed = [msgspec.to_builtins(each) for each in self.locations.values()]
        columns = {"org": org, "locations": listed, "cost_currency": self.cost_currency}
        return [TableRow("location_books", columns)]

    def set(self, location: Location, at: datetime, *, fingerprint: str) -> None:
        """Set a location, new or not; what is reserved there stays so. Raises Invalid."""
        location = checked_location(location)
        if location.id not in self.locations and len(self.locations) >= LOCATIONS_MAX:
            raise Invalid(f"there are {LOCATIONS_MAX} locations: set one of them anew.", field="id")
        self.trigger_event(
            self.LocationSet, timestamp=at, fingerprint=fingerprint, location=location
        )

    def check_cost_currency(self, currency: str) -> None:
        """Refuse costs in another currency than those of before."""
        if currency == CREDIT:
            raise Invalid("currency must be one of money, such as eur.", field="currency")
        scale_of(currency, "currency")
        if self.cost_currency not in (None, currency):
            raise Invalid(
                f"what stock has cost is in {self.cost_currency} in this org: say it in that.",
                field="currency",
            )

    def set_cost_currency(self, currency: str, at: datetime) -> None:
        """Have costs be in a currency. Raises Invalid."""
        self.check_cost_currency(currency)
        self.trigger_event(self.CostCurrencySet, timestamp=at, currency=currency)


def locations_id(org: str) -> str:
    """Return the stream of an org's location book."""
    return stream_id(org, LOCATIONS_STREAM)
