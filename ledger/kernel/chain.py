"""The hash chain of an org: its exact preimage, and extending it.

`schemas/chain.md` is this module in prose, with a worked example; both change together or never.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from functools import lru_cache
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
    """Return org, sequence, stream, version, type, time, actor, key and body, length-prefixed.

    Lengths are 4 bytes, big-endian; numbers are decimal texts.
    """
    org, stream, version, kind, recorded_us, actor, key, body = entry
    # Written out, and what comes again and again remembered, as it is done once for every event.
    number, stream_name, version_text = b"%d" % sequence, stream.encode(), b"%d" % version
    key_text = key.encode()
    return b"".join(
        (
            _field(org),
            _LENGTH(len(number)),
            number,
            _LENGTH(len(stream_name)),
            stream_name,
            _LENGTH(len(version_text)),
            version_text,
            _field(kind),
            _field(str(recorded_us)),
            _field(actor),
            _LENGTH(len(key_text)),
            key_text,
            _LENGTH(len(body)),
            body,
        )
    )


@lru_cache(maxsize=1024)
def _field(text: str) -> bytes:
    """Return a text with its length before it."""
    encoded = text.encode()
    return _LENGTH(len(encoded)) + encoded


def link_hash(entry: Entry, sequence: int, previous: bytes) -> bytes:
    """Return SHA-256(tag ‖ length-prefixed fields ‖ previous hash)."""
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
