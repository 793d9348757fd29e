"""The stock base: what a SKU's stock at a location remembers, without a word of what can be
decided.

Open reservations end in the order of a heap, so that any number of them costs a decision no more
than the logarithm of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from ledger.inventory.condition import Condition
from ledger.inventory.reservation import Part, Reservation
from ledger.inventory.stock_cost import StockCost
from ledger.inventory.valuation import Valuation
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow

STOCK_STREAM = "stock"
STOCK_LEVELS = "stock_levels"
STOCK_RESERVATIONS = "stock_reservations"
"""The table of what became of reservations: open ones are read from it again."""

_STALE_KEPT = 64
"""Ends of what has ended otherwise that the heap keeps in any case."""


class OpenPart(NamedTuple):
    """What is reserved here by a reservation."""

    reservation: Reservation
    quantity: int


class StockBase(LedgerAggregate):
    """What is there of one SKU at one location, and whose it is."""

    def __init__(self) -> None:
        self.begins()

    def begins(self) -> None:
        """Take in that there is nothing yet."""
        self.on_hand = 0
        self.reserved = 0
        """The sum of what open reservations have here."""
        self.damaged = 0
        """What has come back and cannot be sold; it is not on hand."""
        self.allows_oversell = False
        self.valuation = Valuation()
        """What the units on hand have cost."""
        self.open: dict[str, OpenPart] = {}
        self._ends: list[tuple[int, str]] = []

    @property
    def location(self) -> str:
        """Where it is."""
        return names_of(self.id)[1]

    @property
    def sku(self) -> str:
        """What it is."""
        return names_of(self.id)[2]

    @property
    def unreserved(self) -> int:
        """What is on hand and nobody's, by what is recorded; below zero: it is oversold."""
        return self.on_hand - self.reserved

    def next_end_us(self) -> int | None:
        """Return when time ends the next reservation."""
        while self._ends and not self._is_current(self._ends[0]):
            heapq.heappop(self._ends)
        return self._ends[0][0] if self._ends else None

    def ended_by(self, now_us: int) -> list[OpenPart]:
        """Return what time has ended and nobody has recorded yet, the first first: the top of the
        heap, and no more of it is looked at."""
        found, places = [], [0]
        while places:
            place = places.pop()
            if place < len(self._ends) and self._ends[place][0] <= now_us:
                places += [2 * place + 1, 2 * place + 2]
                if self._is_current(self._ends[place]):
                    found.append(self._ends[place])
        return [self.open[reservation] for _, reservation in sorted(found)]

    # -- what facts say ----------------------------------------------------------------------

    def reserves(self, reservation: Reservation, quantity: int) -> None:
        """Take in that units are reserved, or for how long they are from now on."""
        before = self.open.get(reservation.id)
        self.reserved += quantity - (before.quantity if before else 0)
        self.open[reservation.id] = OpenPart(reservation, quantity)
        if reservation.ends_us:
            heapq.heappush(self._ends, (reservation.ends_us, reservation.id))
        elif len(self._ends) > 2 * len(self.open) + _STALE_KEPT:
            self._forget_stale()

    def frees(self, reservation: str, quantity: int) -> None:
        """Take in that units are not reserved any more; what has none left is forgotten."""
        part = self.open.pop(reservation)
        self.reserved -= quantity
        if part.quantity > quantity:
            self.open[reservation] = OpenPart(part.reservation, part.quantity - quantity)
        elif len(self._ends) > 2 * len(self.open) + _STALE_KEPT:
            self._forget_stale()

    def costs(self, cost: StockCost | None, came: int = 0) -> None:
        """Take in what a movement was in money, after its units; None: it is not known."""
        if cost is not None:
            self.valuation = self.valuation.after(cost, self.on_hand, came)

    def gains(self, quantity: int, condition: Condition) -> None:
        """Take in that there are more units in a condition, or below zero less."""
        if condition is Condition.DAMAGED:
            self.damaged += quantity
        else:
            self.on_hand += quantity

    def _is_current(self, end: tuple[int, str]) -> bool:
        part = self.open.get(end[1])
        return part is not None and part.reservation.ends_us == end[0]

    def _forget_stale(self) -> None:
        self._ends = [each for each in self._ends if self._is_current(each)]
        heapq.heapify(self._ends)


class StockFact(LedgerAggregate.Event):
    """Something that happened to a SKU's stock at a location."""

    @property
    def location(self) -> str:
        """Where it happened."""
        return names_of(self.originator_id)[1]

    @property
    def sku(self) -> str:
        """To what."""
        return names_of(self.originator_id)[2]


class ReservationFact(StockFact):
    """Something that happened to what a reservation has here. `elsewhere`: what the same command
    did in other places; `fingerprint`: of what was sent. One fact of the command has both."""

    COUNTS: ClassVar[dict[str, int]]
    """By how often the quantity it adds to each sum of the reservation's row."""

    reservation: Reservation
    quantity: int

    @property
    def taken_from(self) -> str:
        """The location at which the units were reserved."""
        return self.location

    @property
    def sold(self) -> int:
        """What the units cost that it has sold; below zero: that came back."""
        return 0

    def rows(self) -> Iterable[TableRow]:
        org, _, sku = names_of(self.originator_id)
        columns = {
            "org": org,
            "reservation": self.reservation.id,
            "location": self.taken_from,
            "sku": sku,
            "owner": self.reservation.owner,
            "ends_us": self.reservation.ends_us,
            **{each: self.COUNTS.get(each, 0) * self.quantity for each in COUNTED},
            "cost": self.sold,
        }
        return [TableRow(STOCK_RESERVATIONS, columns)]


COUNTED = ("reserved", "shipped", "released", "expired", "returned")
SUMS = (*COUNTED, "cost")
"""What is added up of a reservation at a location: what it still has there, what became of the
rest, and what those units cost that were shipped and have not come back."""


def parts_of(fact: ReservationFact, elsewhere: Iterable[Part], oversold: int = 0) -> list[Part]:
    """Return what a command did, of which a fact says the rest."""
    return [Part(fact.taken_from, fact.sku, fact.quantity, oversold), *elsewhere]


def names_of(aggregate_id: str) -> tuple[str, str, str]:
    """Return the org, the location and the SKU of a stock."""
    org, stream = split_stream_id(aggregate_id)
    _, location, sku = stream.split("/", 2)
    return org, location, sku


def stock_id(org: str, location: str, sku: str) -> str:
    """Return the stream of a SKU's stock at a location."""
    return stream_id(org, STOCK_STREAM, location, sku)
