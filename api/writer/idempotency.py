"""Idempotency: what keys were used for, by the group, by the one in flight, and as stored.

This is where a command sent again finds what it did, and where a hold is found by its id.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from api.bounded import Bounded
from api.commands.group_state import GroupState
from api.commands.result import (
    Claim,
    CommandResult,
    KeyedResult,
    PendingFact,
    StoredFact,
    archived,
    pending_fact_of,
)
from ledger.kernel.errors import KeyReused
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.texts import is_same
from ledger.ports import EventStore, RecordedEvent

REMEMBERED_MAX = 20_000
"""Uses of keys by which things are found again, kept in memory: what is asked for soon, as a hold
that is captured, need not be looked up."""


class Idempotency(GroupState):
    """The keys that one process's groups use; those of some spaces are remembered."""

    def __init__(self, event_store: EventStore, remembered_spaces: Container[str] = ()) -> None:
        self._event_store = event_store
        self._remembered_spaces = remembered_spaces
        self._remembered: Bounded[Key, StoredFact] = Bounded(REMEMBERED_MAX)
        self._in_flight: Mapping[Key, Claim] = {}
        self._erased_in_flight: set[tuple[str, str | None]] = set()
        self.begin()

    # -- a group -----------------------------------------------------------------------------

    def begin(self) -> None:
        self.claims: dict[Key, Claim] = {}
        self._erased: set[tuple[str, str | None]] = set()
        self._stored: Mapping[Key, KeyRow] = {}
        self._events: Mapping[tuple[str, int], RecordedEvent] = {}
        self._read: dict[tuple[str, int], PendingFact] = {}

    def know(self, stored: Mapping[Key, KeyRow]) -> None:
        """Take what the store says about the group's keys; what used them is fetched at once."""
        places = {(row.key.org, row.sequence) for row in stored.values()}
        self._stored = stored
        self._events = self._event_store.events_at(places) if places else {}

    def commit_started(self) -> None:
        self._in_flight, self._erased_in_flight = self.claims, self._erased

    def commit_succeeded(self) -> None:
        self._remember(self._in_flight)
        self._in_flight, self._erased_in_flight = {}, set()

    def commit_failed(self) -> None:
        self._in_flight, self._erased_in_flight = {}, set()

    def distrust(self, org: str) -> None:
        self._remembered = Bounded(REMEMBERED_MAX)

    # -- what commands use -------------------------------------------------------------------

    def use(self, key: Key, result: KeyedResult, fingerprint: str, content: str | None) -> None:
        """Use a key for what came with this fingerprint and text, which `claim` keeps."""
        self.claims[key] = Claim(result, fingerprint, content)

    def erase(self, org: str, digests: Iterable[str]) -> None:
        """Have texts erased: who sends one again is not shown it."""
        self._erased.update((org, digest) for digest in digests)

    def replay(self, key: Key, fingerprint: str, content: str | None) -> CommandResult | None:
        """Return the result of a key used before, by anyone; refused if it came with other content.
        A text that was erased meanwhile cannot be compared."""
        claim = self._claimed(key)
        if claim is not None:
            if (claim.fingerprint, claim.content) != (fingerprint, content):
                raise _reused(key)
            stored_fact, line = claim.result.stored_fact, claim.result.line
            erased = self._is_erased(key.org, stored_fact.fact.text_of(line))
            return CommandResult(stored_fact, line, replayed=True, erased=erased)
        row = self._stored.get(key)
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            raise _reused(key)
        stored_fact = self._read_back(row)
        digest = stored_fact.fact.text_of(row.line)
        text = None if digest is None else self._event_store.texts(key.org, [digest]).get(digest)
        if (digest is None) != (content is None) or (text and not is_same(str(content), text)):
            raise _reused(key)
        erased = digest is not None and (text is None or self._is_erased(key.org, digest))
        return CommandResult(stored_fact, row.line, replayed=True, erased=erased)

    def find(self, key: Key) -> StoredFact | None:
        """Find the fact that used a key, in this group or before."""
        claim = self._claimed(key)
        if claim is not None:
            return claim.result.stored_fact
        row = self._stored.get(key)
        return self._remembered.get(key) if row is None else self._read_back(row)

    def remembers(self, key: Key) -> bool:
        """Tell whether `find` finds what used a key without its having been looked up."""
        return self._claimed(key) is not None or self._remembered.get(key) is not None

    def is_to_be_new(self, key: Key) -> bool:
        """Tell whether a key is mostly used once: nothing is found again by it."""
        return key.space not in self._remembered_spaces

    # -- inside ------------------------------------------------------------------------------

    def _claimed(self, key: Key) -> Claim | None:
        """Return the use of a key by this group or the one in flight."""
        return self.claims.get(key) or self._in_flight.get(key)

    def _remember(self, claims: Mapping[Key, Claim]) -> None:
        for key, claim in claims.items():
            if key.space in self._remembered_spaces:
                self._remembered.put(key, claim.result.stored_fact)

    def _read_back(self, row: KeyRow) -> PendingFact:
        place = (row.key.org, row.sequence)
        known = self._read.get(place)
        if known is None:
            event = self._events.get(place)
            if event is None:
                raise archived(f"key {row.key.key}, sequence {row.sequence}")
            known = self._read[place] = pending_fact_of(event)
        return known

    def _is_erased(self, org: str, digest: str | None) -> bool:
        """Tell whether this group or the one in flight erases a text."""
        return (org, digest) in self._erased or (org, digest) in self._erased_in_flight


def _reused(key: Key) -> KeyReused:
    field = "Idempotency-Key" if key.space == "command" else "id"
    return KeyReused(
        f"{field} {key.key} was used before with other content: send the same content again, or "
        "a new id.",
        field=field,
    )
