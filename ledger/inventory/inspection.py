"""Checks of inventory: levels are the sums of movements, what is reserved is the sum of open
reservations, nothing is sold that is not there, and nothing is shipped or comes back twice."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection
from ledger.inventory.movements import movements_of
from ledger.inventory.reservation_facts import (
    ReservationExpired,
    ReservationReleased,
    StockReserved,
    StockShipped,
)
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import ReservationFact, StockFact, stock_id
from ledger.inventory.stock_facts import OversellSet, StockReturned
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Place, Report
from ledger.ports import RecordedEvent


class StockInspection(Inspection):
    """Adds movements up again, and follows what each reservation has where."""

    KINDS = WHOLE = ("stock", "reservations")

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._levels: dict[str, tuple[int, int, int]] = {}
        """Of each stock: on hand, reserved and damaged."""
        self._reserved: Counter[str] = Counter()
        """Of each stock, what open reservations have."""
        self._open: Counter[tuple[str, str]] = Counter()
        """What each reservation still has of each stock."""
        self._out: Counter[tuple[str, str]] = Counter()
        """What was shipped of it, and has not come back."""
        self._overselling: set[str] = set()

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole or not isinstance(fact, StockFact):
            return
        if isinstance(fact, OversellSet):
            allow = self._overselling.add if fact.allowed else self._overselling.discard
            allow(fact.originator_id)
        if isinstance(fact, ReservationFact):
            self._follow(event, fact)
        self._move(event, fact)

    def _move(self, event: RecordedEvent, fact: StockFact) -> None:
        stock = fact.originator_id
        on_hand, reserved, damaged = self._levels.get(stock, (0, 0, 0))
        for moved in movements_of(fact):
            on_hand += moved.on_hand
            reserved += moved.reserved
            damaged += moved.damaged
        self._levels[stock] = on_hand, reserved, damaged
        self.report["stock"].checked += 1
        if reserved != self._reserved[stock]:
            self._find(event, "what is reserved is not what open reservations have", "stock")
        if damaged < 0:
            self._find(event, "fewer than none are damaged", "stock")
        if min(on_hand, on_hand - reserved) < 0 and stock not in self._overselling:
            self._find(event, "more is reserved or shipped than there is", "stock")

    def _follow(self, event: RecordedEvent, fact: ReservationFact) -> None:
        self.report["reservations"].checked += 1
        stock, reservation = fact.originator_id, fact.reservation.id
        match fact:
            case StockReserved():
                self._reserved[stock] += fact.quantity
                self._open[stock, reservation] += fact.quantity
            case ReservationReleased() | ReservationExpired() | StockShipped():
                self._end(event, fact, stock, reservation)
            case StockReturned():
                left = stock_id(event.org, fact.shipped_from, fact.sku)
                if self._take(self._out, (left, reservation), fact.quantity) < 0:
                    self._find(event, "more came back than was shipped", "reservations")

    def _end(
        self, event: RecordedEvent, fact: ReservationFact, stock: str, reservation: str
    ) -> None:
        self._reserved[stock] -= fact.quantity
        if self._take(self._open, (stock, reservation), fact.quantity) < 0:
            self._find(event, "more has ended than was reserved", "reservations")
        if isinstance(fact, StockShipped):
            self._out[stock, reservation] += fact.quantity
            if not fact.reservation.is_confirmed:
                self._find(event, "what is shipped was not confirmed", "reservations")
        if isinstance(fact, ReservationExpired) and not fact.reservation.has_ended(
            event.recorded_us
        ):
            self._find(event, "the reservation ends before its time is over", "reservations")

    def _take(self, sums: Counter[tuple[str, str]], place: tuple[str, str], quantity: int) -> int:
        """Return what is left; nothing is remembered of what has none."""
        left = sums[place] - quantity
        if left:
            sums[place] = left
        else:
            del sums[place]
        return left

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Compare levels with the sums of movements."""
        if not self.whole:
            return
        for stock, _ in folded.of(Stock):
            self.report["stock"].checked += 1
            sums = self._levels.get(stock.id, (0, 0, 0))
            level = stock.on_hand, stock.reserved, stock.damaged
            if level != sums:
                detail = f"the level is {level}, the movements sum to {sums}"
                self.report["stock"].find(Place(stock.id.partition("/")[0], row=stock.id), detail)
