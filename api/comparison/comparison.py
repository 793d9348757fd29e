"""The comparison: every copy with the events, in one pass; what differs is named, counted by org
and day, and mended if that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from api.comparison.summed import SummedCopies
from ledger.kernel.errors import Unavailable
from ledger.kernel.report import Place, Report, compare
from ledger.kernel.shards import shard_of
from ledger.kernel.times import day_of
from ledger.ports import RecordedEvent
from ledger.verification.evidence import WHOLE, Snapshot, Span
from ledger.verification.stored_rows import decode_row
from projections.copies import Copy, Part
from projections.ports import FeedLost
from projections.read import Read, read_alone
from projections.read_model import Row

PART_EVENTS = 4_000
"""Events that are compared with one question to each copy."""

DAYS_SHOWN = 20

OnProgress = Callable[[int, int], None]


class Day(NamedTuple):
    """What a copy has of an org's events of a day of recorded time."""

    copy: str
    org: str
    day: str


@dataclass
class Difference:
    """Of a day on which something differs: how many rows the events have and the copy has, and what
    their amounts add up to."""

    right: int = 0
    stored: int = 0
    right_sum: int = 0
    stored_sum: int = 0


@dataclass
class Compared:
    """What was found: a check for each copy, and the days on which something differs."""

    report: Report
    days: dict[Day, Difference] = field(default_factory=dict)
    mended: int = 0
    lost: set[str] = field(default_factory=set)
    """Copies that are not there at all, and must be made anew."""


class Comparison:
    """Compares copies with the events of a snapshot."""

    def __init__(
        self,
        store: Snapshot,
        copies: Sequence[Copy],
        summed: SummedCopies,
        report: Report,
        *,
        mends: bool = False,
    ) -> None:
        self._store = store
        self._copies = copies
        self._summed = summed
        self._mends = mends
        self.found = Compared(report)
        self._failed: set[str] = set()

    def run(self, on_progress: OnProgress | None = None) -> Compared:
        """Look at everything."""
        total, done = self._store.event_count(WHOLE), 0
        for events in parts_of(self._store):
            reads = [read_alone(event) for event in events]
            for copy in self._copies:
                self._ask(copy, partial(self._see, copy, reads))
            self._summed.see(reads)
            done += len(events)
            if on_progress is not None:
                on_progress(done, max(total, done))
        for copy in self._copies:
            self._ask(copy, partial(self._see_strays, copy))
            self.found.report[copy.name].left_out = copy.left_out
        self._summed.end()
        if self._mends:
            self.found.mended += self._summed.mend()
        return self.found

    def _ask(self, copy: Copy, question: Callable[[], None]) -> None:
        """Go on with the others when one does not answer."""
        if copy.name in self._failed:
            return
        try:
            question()
        except FeedLost as error:
            self._failed.add(copy.name)
            self.found.lost.add(copy.name)
            self.found.report[copy.name].find(Place(), error.detail)
        except Unavailable as error:
            self._failed.add(copy.name)
            self.found.report[copy.name].pass_over(error.detail)

    def _see(self, copy: Copy, reads: Sequence[Read]) -> None:
        check = self.found.report[copy.name]
        applied = []
        for read in reads:
            event = read.event
            if not copy.has(event):
                check.pass_over(copy.why_not(event))
            elif read.fact is None:
                check.pass_over(f"{event.org} sequence {event.sequence} cannot be read.")
            else:
                applied.append(read)
        if not applied:
            return
        part = _part([read.event for read in reads], [read.event for read in applied])
        right = copy.right(applied)
        stored = list(copy.stored(part))
        if sorted(right, key=_key) == sorted(stored, key=_key):
            check.checked += len(right)
            return
        places = {(event.org, event.sequence) for event in (read.event for read in applied)}
        unread = {(read.event.org, read.event.sequence) for read in reads} - places
        self._differ(copy, part, right, [row for row in stored if row[:2] not in unread], reads)

    def _differ(
        self,
        copy: Copy,
        part: Part,
        right: Sequence[Row],
        stored: Sequence[Row],
        reads: Sequence[Read],
    ) -> None:
        check = self.found.report[copy.name]
        wrong_before = check.wrong
        should = {Place(*row[:3]): row for row in right}
        once = {(Place(*row[:3]), repr(row)): row for row in stored}
        found = [(place, row) for (place, _), row in once.items()]
        missing = compare(check, copy.columns, should, found)
        for place in missing:
            check.find(place, "missing")
        if check.wrong == wrong_before:
            return
        wrong = [row for place, row in found if should.get(place) != row]
        places = {Place(*row[:3]) for row in wrong} | missing.keys()
        self._count(copy, places, right, [row for _, row in found], reads)
        if self._mends:
            copy.mend(part, wrong, [row for place, row in should.items() if place in places])
            self.found.mended += len(places)

    def _count(
        self,
        copy: Copy,
        places: Iterable[Place],
        right: Sequence[Row],
        stored: Sequence[Row],
        reads: Sequence[Read],
    ) -> None:
        """Count what both have of the days on which something differs, in this part."""
        days = {
            (read.event.org, read.event.sequence): day_of(read.event.recorded_us) for read in reads
        }
        differing = {_day(copy, place[:2], days) for place in places}
        amount = copy.columns.index("amount") if "amount" in copy.columns else None
        for rows, count, add in ((right, "right", "right_sum"), (stored, "stored", "stored_sum")):
            for row in rows:
                day = _day(copy, row[:2], days)
                if day in differing:
                    one = self.found.days.setdefault(day, Difference())
                    setattr(one, count, getattr(one, count) + 1)
                    if amount is not None:
                        setattr(one, add, getattr(one, add) + int(row[amount]))

    def _see_strays(self, copy: Copy) -> None:
        check = self.found.report[copy.name]
        strays = copy.strays()
        for row in strays:
            check.find(Place(*row[:3]), "no event says so: the row was added")
        if strays and self._mends:
            copy.drop(strays)
            self.found.mended += len(strays)


def parts_of(store: Snapshot) -> Iterator[list[RecordedEvent]]:
    """Yield the events in parts, each of one shard."""
    part: list[RecordedEvent] = []
    for page in store.rows(WHOLE):
        events = [decode_row(row) for row in page]
        if part and (
            len(part) >= PART_EVENTS or shard_of(part[0].position) != shard_of(events[0].position)
        ):
            yield part
            part = []
        part += events
    if part:
        yield part


def _part(events: Sequence[RecordedEvent], applied: Sequence[RecordedEvent]) -> Part:
    by_org: dict[str, list[int]] = {}
    for event in applied:
        by_org.setdefault(event.org, []).append(event.sequence)
    spans = [Span(org, found[0] - 1, found[-1]) for org, found in by_org.items()]
    return Part(events[0].position - 1, applied[-1].position, spans)


def _day(copy: Copy, place: tuple[object, ...], days: dict[tuple[str, int], str]) -> Day:
    org, sequence = place
    return Day(copy.name, str(org), days.get((str(org), int(str(sequence))), "unknown"))


def _key(row: Row) -> tuple[object, ...]:
    return row[:3]
