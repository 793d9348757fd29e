"""Known origins: where callers come from, stored once, beside the first event of each in an org."""

from __future__ import annotations

from collections.abc import Iterable

from api.bounded import Bounded
from api.commands.group_state import GroupState
from api.commands.result import PendingFact
from ledger.kernel.ids import split_stream_id
from ledger.kernel.texts import Text

KNOWN_MAX = 100_000
"""Origins remembered as stored; one that is forgotten is stored again, which changes nothing."""


class KnownOrigins(GroupState):
    """Origins by org and digest, those of the group and the one in flight included."""

    def __init__(self) -> None:
        self._known: Bounded[tuple[str, str], bool] = Bounded(KNOWN_MAX)
        self._in_flight: set[tuple[str, str]] = set()
        self.begin()

    def begin(self) -> None:
        self._new: set[tuple[str, str]] = set()

    def commit_started(self) -> None:
        self._in_flight = self._new
        for place in self._new:
            self._known.put(place, True)

    def commit_failed(self) -> None:
        for place in self._in_flight:
            self._known.forget(place)

    def introduce(self, origin: Text, pending_facts: Iterable[PendingFact]) -> list[str]:
        """Return the orgs that know an origin from these facts on: there it must be stored."""
        orgs = []
        for org in {split_stream_id(each.aggregate_id)[0] for each in pending_facts}:
            place = (org, origin.digest)
            if place not in self._new and not self._known.get(place):
                self._new.add(place)
                orgs.append(org)
        return orgs
