"""Checks of internal transfers: each is of a line of a confirmed order, no more is sent than was
ordered and no more arrives or comes back than was sent, and the stock that has moved for an order
is that of its transfers."""

from __future__ import annotations

from collections import Counter

from ledger.inspection import Folded, Has, Inspection, pair
from ledger.internal_transfers.internal_transfer import InternalTransfer, transfer_name
from ledger.inventory.stock_base import names_of
from ledger.inventory.stock_facts import StockTransferred
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_facts import OrderConfirmed, OrderPlaced
from ledger.ordering.order_terms import PlacedLine
from ledger.ports import RecordedEvent

CHECK = "internal_transfers"


class _Seen:
    """What one transfer was seen to move, and where its units are."""

    __slots__ = ("arrived", "fact", "sent", "withdrawn")

    def __init__(self, fact: InternalTransfer.InternalTransferRequested) -> None:
        self.fact = fact
        self.withdrawn = self.sent = self.arrived = 0


class InternalTransferInspection(Inspection):
    """Follows each unit from its order to where it arrives, and pairs that with the stock."""

    KINDS = WHOLE = (CHECK,)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._placed: dict[str, list[PlacedLine]] = {}
        """Of each order that is not confirmed the lines that will move something."""
        self._owed: dict[tuple[str, str], PlacedLine] = {}
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._alone: Counter[tuple[str, str, str, str]] = Counter()
        """What stock says has come for an order, less what its transfers say, by org, order,
        location and SKU."""

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        match fact:
            case OrderPlaced():
                lines = [each for each in fact.terms.lines if each.is_transferred]
                if lines:
                    self._placed[fact.originator_id] = lines
            case OrderConfirmed():
                for line in self._placed.pop(fact.originator_id, ()):
                    name = transfer_name(name_of(fact.originator_id), line.id)
                    self._owed[event.org, name] = line
            case StockTransferred() if fact.owner is not None:
                _, location, sku = names_of(fact.originator_id)
                pair(self._alone, (event.org, fact.owner, location, sku), fact.quantity)
            case InternalTransfer.Event():
                self.report[CHECK].checked += 1
                self._follow(event, fact)

    def _follow(self, event: RecordedEvent, fact: InternalTransfer.Event) -> None:
        place = event.org, name_of(fact.originator_id)
        if isinstance(fact, InternalTransfer.InternalTransferRequested):
            self._seen[place] = _Seen(fact)
            self._see_requested(event, fact, self._owed.pop(place, None))
            return
        seen = self._seen.get(place)
        if seen is None:
            self._find(event, "something happens to a transfer that was not requested")
            return
        match fact:
            case InternalTransfer.InternalTransferSent():
                seen.sent += fact.units
                self._move(event, seen, seen.fact.from_location, -fact.units)
            case InternalTransfer.InternalTransferReceived():
                seen.arrived += fact.units
                self._move(event, seen, seen.fact.to_location, fact.units)
            case InternalTransfer.InternalTransferRefused():
                seen.arrived += fact.units
                self._move(event, seen, seen.fact.from_location, fact.units)
            case InternalTransfer.InternalTransferWithdrawn():
                seen.withdrawn += fact.units
        ordered = seen.fact.units
        self._expect(event, seen.sent + seen.withdrawn <= ordered, "more is sent than was ordered")
        self._expect(event, seen.arrived <= seen.sent, "more has arrived or is back than was sent")

    def _see_requested(
        self,
        event: RecordedEvent,
        fact: InternalTransfer.InternalTransferRequested,
        line: PlacedLine | None,
    ) -> None:
        if line is None:
            self._find(event, "what is to be moved is of no confirmed order")
            return
        moved = fact.sku, fact.units, fact.from_location, fact.to_location
        ordered = line.sku, line.units, line.from_location, line.to_location
        self._expect(event, moved == ordered, "something else is to be moved than was ordered")

    def _move(self, event: RecordedEvent, seen: _Seen, location: str, units: int) -> None:
        pair(self._alone, (event.org, seen.fact.order, location, seen.fact.sku), -units)

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Find what was ordered and not requested, and stock that moved otherwise."""
        if not self.whole:
            return
        for org, name in sorted(self._owed):
            place = Place(org, row=f"transfer {name}")
            self.report[CHECK].find(place, "a confirmed order moves what nobody was asked for")
        for org, order, location, sku in sorted(self._alone):
            detail = f"what has moved of {sku} at {location} is not what its transfers say"
            self.report[CHECK].find(Place(org, row=f"order {order}"), detail)
