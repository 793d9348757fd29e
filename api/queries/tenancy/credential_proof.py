"""The proof that events made a credential: its row in the directory is not believed without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from api.queries.reader import Reader
from api.queries.tenancy.directory import Credential
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.ports import RecordedEvent

ISSUED, ROTATED = "tenancy.ApiKeyIssued", "tenancy.ApiKeyRotated"
OPEN = ([ISSUED], [ISSUED, ROTATED])
"""The events of a key that opens something, in their order."""

_STREAM = "api-key/{}"
_ENTRY = ("org", "stream", "version", "type", "recorded_us", "actor", "idempotency_key", "body")


class _Issued(msgspec.Struct):
    """What the event says that made a key."""

    secret_hash: str
    role: str
    subject: str | None = None
    expires_us: int | None = None


class _Rotated(msgspec.Struct):
    """What the event says that brought a key's end forward."""

    expires_us: int


class _Chain(NamedTuple):
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


async def is_confirmed(reader: Reader, found: Credential, secret_hash: str) -> bool:
    """Tell whether the chain of the org has the events that made just this credential with just
    this end, and none that revoked it."""
    stream = _STREAM.format(found.key)
    rows = await reader.rows(
        found.org, "tenancy/credential_proof", {"org": found.org, "stream": stream}
    )
    chain = _chain(rows)
    if chain is None:
        return False
    own = sorted(
        (event for event in chain.events.values() if event.stream == stream),
        key=lambda event: event.version,
    )
    if [event.type for event in own] not in OPEN or own[-1].version != len(own):
        return False
    issued = _Issued(secret_hash, found.role, found.subject, found.expires_us)
    return _told_by(*own) == issued and all(map(chain.holds, own))


def _chain(rows: Sequence[Mapping[str, Any]]) -> _Chain | None:
    """None where a sequence is there twice: one of the two was not appended."""
    events = {
        row["sequence"]: RecordedEvent(*(row[name] for name in RecordedEvent._fields))
        for row in rows
    }
    if not events or len(events) != len(rows):
        return None
    head = (rows[0]["head_sequence"], bytes(rows[0]["head_hash"]))
    return _Chain(events, head, rows[0]["archived"])


def _linked(event: RecordedEvent, previous: bytes) -> bytes:
    return link_hash(Entry(*(getattr(event, name) for name in _ENTRY)), event.sequence, previous)


def _told_by(issued: RecordedEvent, *rotated: RecordedEvent) -> _Issued | None:
    """Return what a key's events say together; None where one of them cannot be read."""
    try:
        told = msgspec.json.decode(issued.body, type=_Issued)
        for event in rotated:
            told.expires_us = msgspec.json.decode(event.body, type=_Rotated).expires_us
    except msgspec.DecodeError:
        return None
    return told
