"""The proof that events made a credential: its row in the directory is not believed without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from api.queries.reader import Reader
from ledger.kernel.chain import GENESIS, Entry, link_hash
from ledger.ports import RecordedEvent

ISSUED, REVOKED = "tenancy.ApiKeyIssued", "tenancy.ApiKeyRevoked"
_STREAM = "api-key/{}"
_ENTRY = ("org", "stream", "version", "type", "recorded_us", "actor", "idempotency_key", "body")


class _Issued(msgspec.Struct):
    """What the event says that made a key."""

    secret_hash: str
    role: str
    subject: str | None = None


class _Chain(NamedTuple):
    """Some events of an org, where its chain ends, and up to which position some may be gone."""

    events: Mapping[int, RecordedEvent]
    head: tuple[int, bytes]
    archived: Mapping[int, int]
    """By the sequence of an event that is there: such a position of its shard."""

    def holds(self, event: RecordedEvent) -> bool:
        """Tell whether an event follows the one before it and is followed by the one after it."""
        before = GENESIS if event.sequence == 1 else self._hash_before(event)
        if before is None or (before and _linked(event, before) != event.hash):
            return False
        if event.sequence == self.head[0]:
            return event.hash == self.head[1]
        after = self.events.get(event.sequence + 1)
        if after is None:
            return self._is_beside_archived(event) and event.sequence < self.head[0]
        return _linked(after, event.hash) == after.hash

    def _hash_before(self, event: RecordedEvent) -> bytes | None:
        """Empty: it may be archived; None: it must be there and is not."""
        before = self.events.get(event.sequence - 1)
        if before is not None:
            return before.hash
        return b"" if self._is_beside_archived(event) else None

    def _is_beside_archived(self, event: RecordedEvent) -> bool:
        return event.position <= self.archived[event.sequence]


async def is_confirmed(
    reader: Reader, org: str, key: str, role: str, subject: str | None, secret_hash: str
) -> bool:
    """Tell whether the chain of the org has the event that made just this credential, and none that
    revoked it."""
    stream = _STREAM.format(key)
    rows = await reader.rows(org, "tenancy/credential_proof", {"org": org, "stream": stream})
    chain = _chain(rows)
    if chain is None:
        return False
    own = sorted(
        (event for event in chain.events.values() if event.stream == stream),
        key=lambda event: event.version,
    )
    if [(event.version, event.type) for event in own] != [(1, ISSUED)]:
        return False
    issued = _issued_by(own[0])
    return issued == _Issued(secret_hash, role, subject) and chain.holds(own[0])


def _chain(rows: Sequence[Mapping[str, Any]]) -> _Chain | None:
    """None where a sequence is there twice: one of the two was not appended."""
    events = {
        row["sequence"]: RecordedEvent(*(row[name] for name in RecordedEvent._fields))
        for row in rows
    }
    if not events or len(events) != len(rows):
        return None
    head = (rows[0]["head_sequence"], bytes(rows[0]["head_hash"]))
    return _Chain(events, head, {row["sequence"]: row["archived"] for row in rows})


def _linked(event: RecordedEvent, previous: bytes) -> bytes:
    return link_hash(Entry(*(getattr(event, name) for name in _ENTRY)), event.sequence, previous)


def _issued_by(event: RecordedEvent) -> _Issued | None:
    try:
        return msgspec.json.decode(event.body, type=_Issued)
    except msgspec.DecodeError:
        return None
