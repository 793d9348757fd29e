"""Cap entries: what a fact means to spend caps: one pure function, for those who count and for
verification."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from ledger.credits.caps import Cap, Counted, Entry, Window, scope_of, windows
from ledger.credits.debits import UsageRecorded
from ledger.credits.facts import lines_of
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.holds import (
    HoldCaptured,
    HoldPlaced,
    HoldReleased,
    LapsedHoldCaptured,
    counted_of,
)
from ledger.credits.lots import total
from ledger.credits.reversals import UsageReversed
from ledger.credits.usage import UsageLine
from ledger.kernel.aggregate import Fact

CapsAt = Callable[[int], Sequence[Cap]]
"""The caps that a version of the org's cap book has put in force."""

_COUNTED_BY: dict[type[Fact], Callable[[Any], object]] = {
    UsageRecorded: attrgetter("caps_version"),
    HoldPlaced: attrgetter("hold.caps_version"),
    HoldReleased: attrgetter("counted"),
    HoldCaptured: lambda fact: fact.counted or fact.caps_version,
    HoldExpired: attrgetter("hold.caps_version"),
    LapsedHoldCaptured: attrgetter("caps_version"),
    UsageReversed: attrgetter("counted"),
}
"""What says of a fact that caps have counted it, or count it now. Asked of every fact that is
recorded, and mostly in vain: no more than one look-up."""

COUNTED_FACTS = tuple(_COUNTED_BY)


def is_counted(fact: Fact) -> bool:
    """Tell whether a fact says that caps count it."""
    counted_by = _COUNTED_BY.get(type(fact))
    return counted_by is not None and bool(counted_by(fact))


def caps_version_of(fact: Fact) -> int:
    """Return the version of the cap book that has counted the lines of a fact."""
    if isinstance(fact, UsageRecorded | HoldCaptured | LapsedHoldCaptured):
        return fact.caps_version
    return 0


def entries_of(org: str, fact: Fact, caps_at: CapsAt) -> Iterator[Entry]:
    """Yield what a fact adds to the counters of caps, in its order."""
    match fact:
        case HoldCaptured():
            freed = total(fact.held) + total(fact.returned.lots) + fact.on_credit
            yield from _moved(org, fact.counted, caps_at, held=-freed)
        case HoldPlaced():
            yield from _moved(org, counted_of(fact.hold), caps_at, held=fact.hold.amount)
        case HoldExpired():
            yield from _moved(org, counted_of(fact.hold), caps_at, held=-fact.hold.amount)
        case HoldReleased():
            freed = total(fact.returned.lots) + fact.on_credit
            yield from _moved(org, fact.counted, caps_at, held=-freed)
        case UsageReversed():
            yield from _moved(org, fact.counted, caps_at, spent=-fact.amount)
    lines = lines_of(fact)
    if lines:
        yield from _spent(org, lines, fact.recorded_us, caps_at(caps_version_of(fact)))


def _spent(
    org: str, lines: Sequence[UsageLine], at_us: int, caps: Sequence[Cap]
) -> Iterator[Entry]:
    """Yield the entries of lines; those with the same labels fall under the same caps, looked for
    once."""
    found: dict[tuple[str | None, ...], list[Window]] = {}
    for line in lines if caps else []:
        scope = scope_of(line)
        labels = tuple(scope.values())
        if labels not in found:
            found[labels] = list(windows(org, caps, scope, at_us))
        yield Entry(found[labels], spent=line.amount)


def _moved(
    org: str, counted: Counted | None, caps_at: CapsAt, *, spent: int = 0, held: int = 0
) -> Iterator[Entry]:
    if counted is not None:
        caps = caps_at(counted.caps_version)
        yield Entry(list(windows(org, caps, scope_of(counted), counted.at_us)), spent, held)
