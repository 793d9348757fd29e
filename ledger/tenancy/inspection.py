"""The inspection of placements: every event stands in a shard in which its org lived then.

Where an org lives now is a row that its entry declares, and is compared as such.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from ledger.inspection import Folded, Has, Inspection, Page
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import PLATFORM
from ledger.kernel.limits import CLOCK_SKEW_MAX_US
from ledger.kernel.report import Place, Report
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from ledger.tenancy.org import OrgEntry

SKEW_US = 2 * CLOCK_SKEW_MAX_US
"""How far the clocks of two writers may be apart: each from that of the store."""

ALWAYS_US, EVER_US = -(2**63), 2**63


class Stay(NamedTuple):
    """Events of an org that follow each other in one shard: the first and the last."""

    shard: int
    first: RecordedEvent
    last: RecordedEvent


class PlacementInspection(Inspection):
    """Remembers where the events of each org stand, and compares it with the moves of its entry."""

    KINDS = ("placed",)
    BEFORE = (OrgEntry.OrgMoved.TOPIC,)
    ELSEWHERE = (PLATFORM,)
    """Where the entries of all orgs are."""

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        super().__init__(report, whole=whole)
        self._check = report["placed"]
        self._moves: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        """Of each org: version of the entry → when it moved, and to which shard."""
        self._stays: dict[str, list[Stay]] = {}

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Remember a move."""
        if type(fact) is OrgEntry.OrgMoved:
            org = event.stream.removeprefix(OrgEntry.STREAM)
            self._moves[org][event.version] = (event.recorded_us, fact.shard)

    def see_page(self, page: Page, store: Any) -> None:
        """Remember where the events of a page stand, which is of one shard."""
        self._check.checked += len(page)
        ends: dict[str, list[RecordedEvent]] = {}
        for event, _ in page:
            ends.setdefault(event.org, [event, event])[1] = event
        for org, (first, last) in ends.items():
            shard, stays = shard_of(first.position), self._stays.setdefault(org, [])
            if stays and stays[-1].shard == shard:
                stays[-1] = stays[-1]._replace(last=last)
            else:
                stays.append(Stay(shard, first, last))

    def end(self, store: Any, folded: Folded, has: Has) -> None:
        """Compare where each org's events stand with where it lived."""
        for org, stays in self._stays.items():
            homes = _homes(sorted(self._moves[org].items()) if org in self._moves else [])
            for stay in stays:
                while homes and not _is_within(stay, homes[0]):
                    homes = homes[1:]
                if not homes:
                    place = Place(org, stay.first.sequence, position=stay.first.position)
                    self._check.find(place, f"the org did not live in shard {stay.shard} then")
                    break


class _Home(NamedTuple):
    shard: int
    from_us: int
    until_us: int


def _homes(moves: list[tuple[int, tuple[int, int]]]) -> list[_Home]:
    """Return where an org lived, one after the other."""
    begins = [(ALWAYS_US, 1), *(move for _, move in moves)]
    ends = [us for us, _ in begins[1:]] + [EVER_US]
    return [
        _Home(shard, from_us, until) for (from_us, shard), until in zip(begins, ends, strict=True)
    ]


def _is_within(stay: Stay, home: _Home) -> bool:
    """Tell whether events were recorded where an org lived, as far as clocks can tell."""
    return (
        stay.shard == home.shard
        and stay.first.recorded_us >= home.from_us - SKEW_US
        and stay.last.recorded_us <= home.until_us + SKEW_US
    )
