"""The access log of an org: refused requests in a chain of their own.

`schemas/access-log.md` is this module in prose, with a worked example; both change together or
never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from ledger.kernel.chain import EMPTY, Head

NOBODY = "@anonymous"
"""Whose the origin of an unknown caller is: no user id begins with an @."""

DOMAIN_TAG = b"tallystick access v1\n"


class Refused(NamedTuple):
    """`times` requests that were refused alike, from `first_us` to `last_us`.

    `code` and `detail` are those of the problem answered. `path` is the route's, without values;
    `request_id` that of the first request. `origin` is the salted digest of the caller's address
    and user agent, an erasable text. Empty: not known.
    """

    org: str
    recorded_us: int
    first_us: int
    last_us: int
    times: int
    code: str
    detail: str
    method: str
    path: str
    subject: str
    key_id: str
    request_id: str
    origin: str


class AccessLink(NamedTuple):
    """A chained entry of an access log."""

    entry: Refused
    sequence: int
    hash: bytes


class AccessHead(NamedTuple):
    """Where an access log ends, as a checkpoint says it."""

    sequence: int
    hash: bytes


def access_hash(entry: Refused, sequence: int, previous: bytes) -> bytes:
    """Return the SHA-256(tag ‖ length-prefixed fields ‖ previous hash); lengths are 4 bytes,
    big-endian."""
    values = (entry.org, sequence, *entry[1:])
    fields = [str(value).encode() for value in values]
    preimage = b"".join(part for field in fields for part in (len(field).to_bytes(4), field))
    return hashlib.sha256(DOMAIN_TAG + preimage + previous).digest()


def follow_log(head: AccessHead, links: Iterable[AccessLink]) -> AccessHead | None:
    """Return the end of a log that goes on from a head with these entries; None when they do
    not."""
    for entry, sequence, digest in links:
        if (sequence, digest) != (head.sequence + 1, access_hash(entry, sequence, head.hash)):
            return None
        head = AccessHead(sequence, digest)
    return head


def extend_log(heads: dict[str, Head], entries: Iterable[Refused]) -> list[AccessLink]:
    """Chain entries to their orgs' logs, in order; `heads` moves to the new ends.

    Recorded times never run backwards: an entry is recorded when the one before it was, or later.
    """
    links = []
    for each in entries:
        head = heads.get(each.org, EMPTY)
        entry = each._replace(recorded_us=max(each.recorded_us, head.recorded_us))
        sequence = head.sequence + 1
        digest = access_hash(entry, sequence, head.hash)
        heads[entry.org] = Head(sequence, digest, entry.recorded_us)
        links.append(AccessLink(entry, sequence, digest))
    return links
