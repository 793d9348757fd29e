"""The hash chain of an org: its exact preimage, and extending it.

`schemas/chain.md` is this module in prose, with a worked example; both change together or never.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import NamedTuple

_LENGTH = struct.Struct(">I").pack
_sha256 = hashlib.sha256
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


def preimage_of(entry: Entry, sequence: int) -> bytes:
    """Org, sequence, stream, version, type, recorded time, actor, key, body: length-prefixed.

    Lengths are 4 bytes, big-endian; numbers are decimal texts.
    """
    fields = (
        entry.org.encode(),
        b"%d" % sequence,
        entry.stream.encode(),
        b"%d" % entry.version,
        entry.type.encode(),
        b"%d" % entry.recorded_us,
        entry.actor.encode(),
        entry.idempotency_key.encode(),
        entry.body,
    )
    # Written out, as it is done once for every event: a loop over the fields takes twice as long.
    a, b, c, d, e, f, g, h, i = map(_LENGTH, map(len, fields))
    org, number, stream, version, kind, recorded, actor, key, body = fields
    first = b"".join((a, org, b, number, c, stream, d, version, e, kind, f, recorded))
    return b"".join((first, g, actor, h, key, i, body))


def link_hash(entry: Entry, sequence: int, previous: bytes) -> bytes:
    """SHA-256(tag ‖ length-prefixed fields ‖ previous hash)."""
    return _sha256(DOMAIN_TAG + preimage_of(entry, sequence) + previous).digest()


def extend(heads: dict[str, Head], entries: Iterable[Entry]) -> list[Link]:
    """Chain entries to their orgs' heads, in order; `heads` moves to the new ends."""
    links = []
    ends: dict[str, Link] = {}
    for entry in entries:
        end = ends.get(entry.org) or heads.get(entry.org, EMPTY)
        sequence = end.sequence + 1
        link = Link(entry, sequence, link_hash(entry, sequence, end.hash))
        ends[entry.org] = link
        links.append(link)
    for org, (entry, sequence, digest) in ends.items():
        heads[org] = Head(sequence, digest, entry.recorded_us)
    return links
