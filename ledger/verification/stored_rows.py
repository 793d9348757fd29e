"""Stored rows: an event as bytes in the form in which verification reads it: made to be hashed
without decoding.

The form is that of a row of PostgreSQL's binary COPY: a count of columns, then for each column its
length (4 bytes, big-endian) and its bytes. That is how the chain's preimage prefixes its fields, so
the first nine columns, written as texts in the preimage's order, are the preimage as they stand:

    columns (2 bytes) | preimage | hash | sequence | version | recorded_us | position

The last four are 8-byte integers. `schemas/chain.md` describes the preimage.
"""

from __future__ import annotations

import struct

from ledger.kernel.chain import Entry, preimage_of
from ledger.ports import RecordedEvent

COLUMNS = (
    *("org", "sequence::text", "stream", "version::text", "type", "recorded_us::text"),
    *("actor", "idempotency_key", "body", "hash", "sequence", "version", "recorded_us", "position"),
)
"""What to select for such a row, in PostgreSQL's words."""

PREIMAGE = 2
"""Where the preimage begins."""

NUMBERS = struct.Struct(">4xq4xq4xq4xq")
"""The last four columns: sequence, version, recorded_us, position."""

TAIL = 4 + 32 + NUMBERS.size
"""Bytes after the preimage, when the stored hash has 32."""

_COUNT = len(COLUMNS).to_bytes(2)
_LENGTH = struct.Struct(">i")


def encode_row(event: RecordedEvent) -> bytes:
    """Return the row of an event."""
    numbers = (event.sequence, event.version, event.recorded_us, event.position)
    preimage = preimage_of(Entry(event.org, *event[3:10]), event.sequence)
    parts = [_COUNT, preimage, _LENGTH.pack(len(event.hash)), event.hash]
    parts += [b"\x00\x00\x00\x08" + number.to_bytes(8, signed=True) for number in numbers]
    return b"".join(parts)


def decode_row(row: bytes) -> RecordedEvent:
    """Return the event of a row. Written out field by field: it is done for every event that is
    read."""
    length = int.from_bytes
    at = 6 + length(row[2:6])
    org = row[6:at]
    at += 4 + length(row[at : at + 4])  # the sequence as text
    end = at + 4 + length(row[at : at + 4])
    stream = row[at + 4 : end]
    at = end + 4 + length(row[end : end + 4])  # the version as text
    end = at + 4 + length(row[at : at + 4])
    type_ = row[at + 4 : end]
    at = end + 4 + length(row[end : end + 4])  # the recorded time as text
    end = at + 4 + length(row[at : at + 4])
    actor = row[at + 4 : end]
    at = end + 4 + length(row[end : end + 4])
    key = row[end + 4 : at]
    end = at + 4 + length(row[at : at + 4])
    body = row[at + 4 : end]
    at = end + 4 + length(row[end : end + 4])
    digest = row[end + 4 : at]
    sequence, version, recorded_us, position = NUMBERS.unpack_from(row, at)
    fields = (
        *(position, org.decode(), sequence, stream.decode(), version, type_.decode()),
        *(recorded_us, actor.decode(), key.decode(), body, digest),
    )
    return tuple.__new__(RecordedEvent, fields)
