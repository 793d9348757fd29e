"""The hash chain of an org: its exact preimage, and extending it.

`schemas/chain.md` is this module in prose, with a worked example; both change together or never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DOMAIN_TAG = b"tallystick event v1\n"
GENESIS = bytes(32)
"""The hash before an org's first event."""


class Entry(NamedTuple):
    """An event ready to be chained: everything the hash covers but its place and link."""

    org: str
    stream: str
    version: int
    type: str
    recorded_us: int
    actor: str
    idempotency_key: str
    body: bytes


class Head(NamedTuple):
    """The last link of an org's chain: its sequence, hash and recorded time."""

    sequence: int
    hash: bytes
    recorded_us: int


EMPTY = Head(0, GENESIS, 0)
"""The head of an org without events."""


class Link(NamedTuple):
    """A chained event."""

    entry: Entry
    sequence: int
    hash: bytes


def preimage_of(fields: Sequence[str | int | bytes]) -> bytes:
    """Org, sequence, stream, version, type, recorded time, actor, key, body: length-prefixed.

    Lengths are 4 bytes, big-endian; numbers are decimal texts.
    """
    parts: list[bytes] = []
    for field in fields:
        value = field if isinstance(field, bytes) else str(field).encode()
        parts += (len(value).to_bytes(4), value)
    return b"".join(parts)


def link_hash(entry: Entry, sequence: int, previous: bytes) -> bytes:
    """SHA-256(tag ‖ length-prefixed fields ‖ previous hash)."""
    preimage = preimage_of((entry.org, sequence, *entry[1:]))
    return hashlib.sha256(DOMAIN_TAG + preimage + previous).digest()


def extend(heads: dict[str, Head], entries: Iterable[Entry]) -> list[Link]:
    """Chain entries to their orgs' heads, in order; `heads` moves to the new ends."""
    links = []
    for entry in entries:
        head = heads.get(entry.org, EMPTY)
        sequence = head.sequence + 1
        digest = link_hash(entry, sequence, head.hash)
        heads[entry.org] = Head(sequence, digest, entry.recorded_us)
        links.append(Link(entry, sequence, digest))
    return links
