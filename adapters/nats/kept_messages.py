"""Kept messages: what the feed's stream has, by event, laid aside while the events are read.

It lies in a temporary database on disk, as there may be a message for each event of years; of a
body only its hash.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.verification.evidence import Span

_TABLE = """
CREATE TABLE messages (
    org TEXT, sequence INTEGER, number INTEGER, subject TEXT, body TEXT, is_put_back INTEGER,
    PRIMARY KEY (org, sequence, number)
) WITHOUT ROWID
"""
_ADD = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)"
_SPAN = """
SELECT org, sequence, subject, body FROM messages WHERE org = ? AND sequence > ? AND sequence <= ?
"""
_NUMBERS = """
SELECT number FROM messages WHERE org = ? AND sequence = ? AND subject = ? AND body = ?
"""
_FIRSTS = "SELECT org, sequence, min(number) FROM messages WHERE NOT is_put_back GROUP BY org"
_LASTS = "SELECT org, min(sequence), max(sequence) FROM messages GROUP BY org"
_BEYOND = """
SELECT org, sequence, subject, body FROM messages
 WHERE org = ? AND (sequence < 1 OR sequence > ?) LIMIT ?
"""
_SEQUENCE_MAX = 10**18


class KeptMessage(NamedTuple):
    """A message as the stream has it. `number`: its place there. `is_put_back`: it came again when
    it was found missing, out of the order of its org."""

    org: str
    sequence: int
    number: int
    subject: str
    body: str
    is_put_back: bool


class FeedRow(NamedTuple):
    """What the stream should have of an event. `body`: its SHA-256."""

    org: str
    sequence: int
    line: int
    subject: str
    body: str


class KeptMessages:
    """The messages of a stream. One thread at a time."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute(_TABLE)

    def close(self) -> None:
        """Forget them."""
        self._rows.close()

    def add(self, messages: Iterable[KeptMessage]) -> None:
        """Take some in."""
        self._rows.execute("BEGIN")
        self._rows.executemany(_ADD, messages)
        self._rows.execute("COMMIT")

    def span(self, span: Span) -> Iterator[FeedRow]:
        """Yield what there is of some sequences of an org."""
        for row in self._rows.execute(_SPAN, span):
            yield _row(row)

    def has(self, org: str, sequence: int) -> bool:
        """Tell whether there is any of an event."""
        return next(self.span(Span(org, sequence - 1, sequence)), None) is not None

    def numbers(self, row: FeedRow) -> list[int]:
        """Return the places of the messages that say just this."""
        return [number for (number,) in self._rows.execute(_NUMBERS, (*row[:2], *row[3:]))]

    def firsts(self) -> dict[str, int]:
        """Return of each org the sequence that its first message is about, but for those that were
        put back."""
        return {org: sequence for org, sequence, _ in self._rows.execute(_FIRSTS)}

    def beyond(self, heads: Mapping[str, int], limit: int) -> list[FeedRow]:
        """Return messages of no event, where the orgs end at `heads`; not all, if they are many."""
        found: list[FeedRow] = []
        for org, first, last in self._rows.execute(_LASTS).fetchall():
            head = heads.get(org, 0)
            if first < 1 or last > head:
                rows = self._rows.execute(_BEYOND, (org, head, limit - len(found)))
                found += map(_row, rows)
        return found


def place_of(message_id: str) -> tuple[str, int]:
    """Return the event that a message id names; sequence 0, which no event has, if it is none."""
    org, _, sequence = message_id.rpartition("-")
    is_number = sequence.isascii() and sequence.isdigit() and int(sequence) < _SEQUENCE_MAX
    if org and is_number and str(int(sequence)) == sequence:
        return org, int(sequence)
    return message_id, 0


def _row(columns: Sequence[object]) -> FeedRow:
    org, sequence, subject, body = columns
    return FeedRow(str(org), int(str(sequence)), 0, str(subject), str(body))
