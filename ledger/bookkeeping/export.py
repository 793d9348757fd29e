"""The export of a journal from an org's events, in pieces: memory grows only with what is not
earned yet."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ledger.bookkeeping.earnings import take_in
from ledger.bookkeeping.entries import (
    Balances,
    Entry,
    booked_fact,
    day_of,
    entry_of,
    opening_entry,
    post,
    recognition_entry,
)
from ledger.bookkeeping.formats import Style
from ledger.bookkeeping.recognition import Recognition
from ledger.kernel.chain import GENESIS
from ledger.kernel.errors import NotFound
from ledger.kernel.times import EPOCH, month_end
from ledger.ports import RecordedEvent


class Bound(NamedTuple):
    """Where a range begins or ends: a sequence, or a recorded time in microseconds, or neither."""

    sequence: int | None = None
    us: int | None = None

    def reached(self, event: RecordedEvent) -> bool:
        """Tell whether an event is at the bound or after it. Times never run backwards in an
        org."""
        after = self.us is None or event.recorded_us >= self.us
        return after and (self.sequence is None or event.sequence >= self.sequence)


class Export:
    """One journal being made; `since` is included, `until` is not.

    Give it every event of the org from the first on: what comes before `since` becomes the opening
    balances. At the end of each month that is over it books what that has earned, and asserts the
    balances of every account where something moved; these it asserts at its own end, too. A month
    is over when an event is after it, or a time `until` that is not after `now_us`.
    """

    def __init__(
        self,
        org: str,
        style: Style,
        since: Bound | None = None,
        until: Bound | None = None,
        now_us: int = 0,
    ) -> None:
        self._org = org
        self._style = style
        self._since = since or Bound()
        self._until = until
        self._now_us = now_us
        self._recognition = Recognition()
        self._closes_us = 0
        self._balances: Balances = Counter()
        self._known: set[str] = set()
        self._begun = False
        self._day = EPOCH.date()
        self._sequence = 0
        self._hash = GENESIS
        self._entries = 0
        self.done = False
        """Whether `until` was reached: later events change nothing."""

    def take(self, events: Iterable[RecordedEvent]) -> str:
        """Return the next events, as the next piece of the journal; empty before `since`.

        Raises NotFound when an event is missing: the balances would be wrong.
        """
        return "".join(piece for event in events for piece in self._see(event))

    def end(self) -> str:
        """Return the last piece."""
        until_us = self._until.us if self._until is not None and self._until.us else 0
        pieces = [*self._recognise(min(until_us, self._now_us))]
        pieces += [*self._begin(self._day, self._sequence), *self._close()]
        pieces.append(self._style.end(self._entries, self._sequence, self._hash))
        return "".join(pieces)

    def _see(self, event: RecordedEvent) -> Iterator[str]:
        if self.done:
            return
        if self._until is not None and self._until.reached(event):
            self.done = True
            until_us = self._until.us or event.recorded_us
            yield from self._recognise(min(until_us, event.recorded_us))
            return
        if event.sequence != self._sequence + 1:
            raise NotFound(
                f"a journal needs every event from the first on: {self._sequence + 1} to "
                f"{event.sequence - 1} are not in this database."
            )
        yield from self._recognise(event.recorded_us)
        self._sequence, self._hash = event.sequence, event.hash
        fact = booked_fact(event)
        entry = None
        if fact is not None:
            entry = entry_of(event, fact)
            take_in(self._recognition, fact)
            self._closes_us = self._closes_us or month_end(event.recorded_us)
        if not self._since.reached(event):
            self._day = day_of(event.recorded_us)
            if entry is not None:
                post(entry, self._balances)
            return
        began_us = event.recorded_us if self._since.us is None else self._since.us
        yield from self._begin(day_of(began_us), event.sequence - 1)
        if entry is not None:
            yield from self._write(entry)
            self._entries += 1

    def _recognise(self, until_us: int) -> Iterator[str]:
        """Yield what each month has earned that is over at a moment; before `since` it is only
        posted."""
        while self._closes_us and self._closes_us <= until_us:
            end_us, day = self._closes_us, day_of(self._closes_us - 1)
            entry = recognition_entry(self._recognition.close(end_us), self._sequence, day)
            self._closes_us = month_end(end_us) if month_end(end_us) > end_us else 0
            if not entry.legs:
                continue
            if not self._begun and self._since.us is not None and end_us > self._since.us:
                yield from self._begin(day_of(self._since.us), self._sequence)
            if self._begun:
                yield from self._write(entry)
                self._entries += 1
            else:
                post(entry, self._balances)

    def _begin(self, day: date, before: int) -> Iterator[str]:
        """Yield the head, and the opening balances if something was in the books."""
        if self._begun:
            return
        self._begun, self._day = True, day
        yield self._style.begin(self._org)
        opening = opening_entry(self._balances, before, day)
        self._balances = Counter()
        if opening.legs:
            yield from self._write(opening)

    def _write(self, entry: Entry) -> Iterator[str]:
        if (entry.day.year, entry.day.month) != (self._day.year, self._day.month):
            yield from self._assert(last_of_month(self._day))
        self._day = entry.day
        for leg in entry.legs:
            yield from self._declare(leg.asset, self._style.commodity(entry.day, leg.asset))
            yield from self._declare(leg.account, self._style.account(entry.day, leg.account))
        post(entry, self._balances)
        yield self._style.entry(entry)

    def _declare(self, name: str, declaration: str) -> Iterator[str]:
        if name not in self._known:
            self._known.add(name)
            yield declaration

    def _close(self) -> Iterator[str]:
        """Yield the balances at the end: of the range if the org has gone past it, else of its last
        day.

        A day that has not ended must not be asserted for the days after it.
        """
        if self.done and self._until is not None and self._until.us is not None:
            end = day_of(self._until.us - 1)
            if (end.year, end.month) != (self._day.year, self._day.month):
                yield from self._assert(last_of_month(self._day))
            self._day = max(self._day, end)
        yield from self._assert(self._day)

    def _assert(self, day: date) -> Iterator[str]:
        if self._balances:
            yield self._style.balances(day, self._balances)


def last_of_month(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
