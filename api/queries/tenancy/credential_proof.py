"""The proof that events made a credential: its row in the directory is not believed without."""

from __future__ import annotations

import msgspec

from api.queries.reader import Reader
from api.queries.tenancy.directory import Credential
from api.queries.tenancy.excerpt import appended
from ledger.kernel.decoding import decoded
from ledger.ports import RecordedEvent

ISSUED, ROTATED = "tenancy.ApiKeyIssued", "tenancy.ApiKeyRotated"
OPEN = ([ISSUED], [ISSUED, ROTATED])
"""The events of a key that opens something, in their order."""

_STREAM = "api-key/{}"


class _Issued(msgspec.Struct):
    """What the event says that made a key."""

    secret_hash: str
    role: str
    subject: str | None = None
    expires_us: int | None = None


class _Rotated(msgspec.Struct):
    """What the event says that brought a key's end forward."""

    expires_us: int


async def is_confirmed(reader: Reader, found: Credential, secret_hash: str) -> bool:
    """Tell whether the chain of the org has the events that made just this credential with just
    this end, and none that revoked it."""
    own = await appended(reader, found.org, _STREAM.format(found.key))
    if [event.type for event in own] not in OPEN or own[-1].version != len(own):
        return False
    issued = _Issued(secret_hash, found.role, found.subject, found.expires_us)
    return _told_by(*own) == issued


def _told_by(issued: RecordedEvent, *rotated: RecordedEvent) -> _Issued | None:
    """Return what a key's events say together; None where one of them cannot be read."""
    try:
        told = decoded(issued.body, _Issued)
        for event in rotated:
            told.expires_us = decoded(event.body, _Rotated).expires_us
    except msgspec.DecodeError:
        return None
    return told
