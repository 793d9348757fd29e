"""Spend caps: `SetCaps`, and what caps leave for the admissions of one command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.credits.cap_counters import CapCounters
from api.commands.credits.lookup import caps_at
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.credits.cap_book import CAPS_STREAM, CapBook
from ledger.credits.caps import (
    Cap,
    Counter,
    CounterKey,
    Entry,
    Labelled,
    Window,
    check_caps,
    count,
    scope_of,
    windows,
)
from ledger.credits.funds import Hold
from ledger.credits.holds import counted_of
from ledger.kernel.ids import stream_id
from ledger.kernel.times import microseconds


@dataclass(frozen=True)
class SetCaps(KeyedCommand):
    """Put these caps in force, and no others."""

    caps: list[Cap]

    operation: ClassVar[str] = "caps"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(CapBook, stream_id(self.org, CAPS_STREAM)) or CapBook.open(self.org, at)
        book.set_caps(self.caps, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


class CapRoom:
    """What hard caps leave for one command. The unit of work counts what is recorded of it; here it
    is counted ahead, as each admission leaves less for the next."""

    def __init__(
        self,
        unit: UnitOfWork,
        org: str,
        caps: Sequence[Cap],
        at: datetime,
        asked: Iterable[Labelled],
    ) -> None:
        self._unit = unit
        self._org = org
        hard = [cap for cap in caps if cap.hard]
        self._windows: dict[tuple[str | None, ...], list[Window]] = {}
        for scope in map(scope_of, asked):
            labels = tuple(scope.values())
            if labels not in self._windows:
                self._windows[labels] = list(windows(org, hard, scope, microseconds(at)))
        keys = [key for found in self._windows.values() for each in found for key in each.keys]
        self._counters: dict[CounterKey, Counter] = unit.state(CapCounters).read(org, keys)

    def free(self, holds: Iterable[Hold]) -> None:
        """Free the room of holds that have ended by now, which the command will record."""
        for hold in holds:
            counted = counted_of(hold)
            if counted is not None:
                caps = caps_at(self._unit, self._org, counted.caps_version)
                found = windows(self._org, caps, scope_of(counted), counted.at_us)
                known = [each for each in found if each.keys[-1] in self._counters]
                count(Entry(known, held=-hold.amount), self._counters)

    def check(self, asked: Labelled, amount: int) -> None:
        """Refuse an admission that a hard cap leaves no room for."""
        check_caps(self._windows_of(asked), self._counters, amount)

    def spend(self, used: Labelled, amount: int) -> None:
        """Count a use of this command before its next."""
        count(Entry(self._windows_of(used), spent=amount), self._counters)

    def _windows_of(self, asked: Labelled) -> list[Window]:
        return self._windows[tuple(scope_of(asked).values())]
