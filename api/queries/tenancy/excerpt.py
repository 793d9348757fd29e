"""The excerpt: the events of a stream with their neighbours in the chain of the org.

The neighbours show that they were appended to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.reader import Reader
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.ports import RecordedEvent

_ENTRY = ("org", "stream", "version", "type", "recorded_us", "actor", "idempotency_key", "body")

EVERY = 2**31 - 1
"""All events of a stream."""


async def appended(
    reader: Reader, org: str, stream: str, newest: int = EVERY
) -> list[RecordedEvent]:
    """Return the newest events of a stream in their order, unless one of them is not in the chain
    of the org: then none."""
    asked = {"org": org, "stream": stream, "newest": newest}
    rows = await reader.rows(org, "tenancy/excerpt", asked)
    events = {
        row["sequence"]: RecordedEvent(*(row[name] for name in RecordedEvent._fields))
        for row in rows
    }
    if not events or len(events) != len(rows):
        return []  # where a sequence is there twice, one of the two was not appended
    head = (rows[0]["head_sequence"], bytes(rows[0]["head_hash"]))
    excerpt = _Excerpt(events, head, rows[0]["archived"])
    own = [event for event in events.values() if event.stream == stream]
    own = sorted(own, key=lambda event: event.version)[-newest:]
    return own if all(map(excerpt.holds, own)) else []


class _Excerpt(NamedTuple):
    """Some events of an org, where its chain ends, and up to which sequence some may be gone."""

    events: Mapping[int, RecordedEvent]
    head: tuple[int, bytes]
    archived: int

    def holds(self, event: RecordedEvent) -> bool:
        """Tell whether an event follows the one before it and is followed by the one after it."""
        before = GENESIS if event.sequence == 1 else self._hash_before(event)
        if before is None or (before and _linked(event, before) != event.hash):
            return False
        if event.sequence == self.head[0]:
            return event.hash == self.head[1]
        after = self.events.get(event.sequence + 1)
        if after is None:
            return event.sequence < min(self.archived, self.head[0])
        return _linked(after, event.hash) == after.hash

    def _hash_before(self, event: RecordedEvent) -> bytes | None:
        """Empty: it may be archived; None: it must be there and is not."""
        before = self.events.get(event.sequence - 1)
        if before is not None:
            return before.hash
        return b"" if event.sequence - 1 <= self.archived else None


def _linked(event: RecordedEvent, previous: bytes) -> bytes:
    return link_hash(Entry(*(getattr(event, name) for name in _ENTRY)), event.sequence, previous)
