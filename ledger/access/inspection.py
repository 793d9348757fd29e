"""Checks of access: a confirmed order has given what its lines sell and nothing else, no more is
used or taken than was given, and wallets say the same of its credits."""

from __future__ import annotations

from ledger.access.grant_facts import (
    DownloadUsed,
    GrantFact,
    GrantGiven,
    GrantLessened,
    GrantRestored,
    GrantRevoked,
)
from ledger.access.order_grant import grant_name
from ledger.catalogue.item_type import Kind
from ledger.inspection import Folded, Has, Inspection
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of
from ledger.kernel.report import Place, Report
from ledger.ordering.order_facts import OrderConfirmed, OrderPlaced
from ledger.ordering.order_terms import PlacedLine
from ledger.ports import RecordedEvent
from ledger.purchases.inspection import returned_by


@returned_by.register
def _given(fact: GrantGiven) -> dict[str, int] | None:
    is_sold = fact.lot is not None and fact.kind is Kind.CREDITS
    return {"granted": fact.lot.amount} if is_sold and fact.lot else None


@returned_by.register
def _lessened(fact: GrantLessened) -> dict[str, int]:
    return {"taken": fact.credits}


@returned_by.register
def _restored(fact: GrantRestored) -> dict[str, int]:
    return {"restored": fact.credits}


@returned_by.register
def _revoked(fact: GrantRevoked) -> dict[str, int]:
    return {"taken": fact.credits}


class _Seen:
    """What a line has given, and what became of it."""

    __slots__ = ("fact", "parts", "used")

    def __init__(self, fact: GrantGiven) -> None:
        self.fact = fact
        self.used = 0
        self.parts: dict[str, int] = {}

    @property
    def given(self) -> int:
        """The credits that it gave."""
        return self.fact.lot.amount if self.fact.lot is not None else 0


class GrantInspection(Inspection):
    """Compares what was given with the lines of the orders that were confirmed."""

    KINDS = WHOLE = ("grants",)

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._placed: dict[str, list[PlacedLine]] = {}
        """Of each order that is not confirmed the lines that will give something."""
        self._owed: dict[tuple[str, str], PlacedLine] = {}
        self._given: dict[tuple[str, str], _Seen] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Follow a fact."""
        if not self.whole:
            return
        if isinstance(fact, OrderPlaced):
            lines = [
                each
                for each in fact.terms.lines
                if each.benefit is not None and each.benefit.is_granted
            ]
            if lines:
                self._placed[fact.originator_id] = lines
        elif isinstance(fact, OrderConfirmed):
            for line in self._placed.pop(fact.originator_id, ()):
                name = grant_name(name_of(fact.originator_id), line.id)
                self._owed[event.org, name] = line
        elif isinstance(fact, GrantFact):
            self.report["grants"].checked += 1
            self._see_grant(event, fact)

    def _see_grant(self, event: RecordedEvent, fact: GrantFact) -> None:
        place = event.org, name_of(fact.originator_id)
        if isinstance(fact, GrantGiven):
            self._given[place] = _Seen(fact)
            self._see_given(event, fact, self._owed.pop(place, None))
            return
        seen = self._given.get(place)
        if seen is None:
            self._find(event, "something happens to a grant that was not given")
            return
        match fact:
            case DownloadUsed():
                seen.used += 1
                allowed = (seen.fact.benefit.downloads or 0) * seen.fact.units
                self._expect(event, fact.number == seen.used <= allowed, "too many downloads")
            case GrantLessened():
                self._expect(event, fact.of not in seen.parts, "credits are taken twice")
                seen.parts[fact.of] = fact.credits
            case GrantRestored():
                right = seen.parts.pop(fact.of, None) == fact.credits
                self._expect(event, right, "other credits come back than went")
            case GrantRevoked():
                seen.parts[""] = fact.credits
        self._expect(event, sum(seen.parts.values()) <= seen.given, "more is taken than was given")

    def _see_given(self, event: RecordedEvent, fact: GrantGiven, line: PlacedLine | None) -> None:
        if line is None:
            self._find(event, "something is given that no confirmed order has sold")
            return
        given = fact.sku, fact.kind, fact.units, fact.benefit
        sold = line.sku, line.kind, line.units, line.benefit
        self._expect(event, given == sold, "something else is given than the line has sold")
        if fact.kind is Kind.CREDITS:
            lot = fact.lot.amount if fact.lot is not None else 0
            is_all = lot == fact.units * (fact.benefit.credits or 0)
            self._expect(event, is_all, "other credits are given than the line has sold")

    def end(self, store: object, folded: Folded, has: Has) -> None:
        """Find what was sold and not given."""
        for org, name in self._owed if self.whole else ():
            place = Place(org, row=f"grant {name}")
            self.report["grants"].find(place, "a confirmed order has sold what it has not given")
