"""Spans: ranges of sequences, read in either order with a bounded amount of work.

Sequences have no gaps, so a range of so many sequences is a range of so many rows: the work is
bounded whether or not a filter has an index. Rows may be large: what is looked at and what is
returned is bounded in bytes, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from api.queries.reader import Reader, Row

SPAN = 5_000
"""Rows looked at by one question, when a filter has to look at each."""

SPAN_BYTES = 4_000_000
"""Bytes of bodies looked at by one question, when a filter has to read them."""

PAGE_BYTES = 500_000
"""Bytes of bodies in one page, or one body."""

SPANS_MAX = 10
"""Questions of one page: a rare match takes more than one page to find."""


class Span(msgspec.Struct, frozen=True):
    """A range of sequences, both included."""

    low: int
    high: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no sequence in it."""
        return self.high < self.low

    def after(self, last: int, *, newest_first: bool) -> Span:
        """Return what of it comes after a sequence, in that order."""
        if newest_first:
            return Span(self.low, min(self.high, last - 1))
        return Span(max(self.low, last + 1), self.high)

    def first(self, count: int, *, newest_first: bool) -> Span:
        """Return its first so many sequences, in that order."""
        if newest_first:
            return Span(max(self.low, self.high - count + 1), self.high)
        return Span(self.low, min(self.high, self.low + count - 1))


@dataclass(frozen=True)
class Question:
    """A query over a range of sequences of one org, and the parameters of its filters."""

    name: str
    org: str
    filters: dict[str, Any]
    look_at_each: bool
    """Whether rows of the range may be passed over."""

    reach: str | None = None
    """The query that says how far of a range may be looked at, when a filter reads bodies."""

    async def rows(
        self, reader: Reader, span: Span, limit: int, room: int, *, newest_first: bool
    ) -> list[Row]:
        """Return the first rows of a range that pass the filters, as many as have room; at least
        one."""
        place = {"org": self.org, "low": span.low, "high": span.high}
        bound = {"limit": limit, "bytes": room, "newest_first": newest_first}
        return await reader.rows(self.org, self.name, self.filters | place | bound)

    async def within_reach(self, reader: Reader, span: Span, *, newest_first: bool) -> Span:
        """Return the first part of a range whose bodies may be looked at."""
        if self.reach is None:
            return span
        place = {"org": self.org, "low": span.low, "high": span.high}
        bound = {"bytes": SPAN_BYTES, "newest_first": newest_first}
        row = await reader.row(self.org, self.reach, place | bound)
        if row is None:
            return span
        return Span(row["sequence"], span.high) if newest_first else Span(span.low, row["sequence"])


@dataclass(frozen=True)
class Found:
    """Rows in order, and how far was looked: None to the end of the range."""

    rows: list[Row]
    looked_until: int | None


async def look(
    reader: Reader, question: Question, span: Span, limit: int, *, newest_first: bool
) -> Found:
    """Return up to `limit` rows of a range, after a bounded amount of work."""
    rows: list[Row] = []
    last = 0
    room = PAGE_BYTES
    size = SPAN if question.look_at_each else limit
    for _ in range(SPANS_MAX):
        if span.is_empty or len(rows) == limit or room <= 0:
            break
        part = span.first(size, newest_first=newest_first)
        part = await question.within_reach(reader, part, newest_first=newest_first)
        wanted = limit - len(rows)
        more = await question.rows(reader, part, wanted, room, newest_first=newest_first)
        rows += more
        room -= sum(len(row.get("body") or b"") for row in more)
        last = part.low if newest_first else part.high
        if more and (len(rows) == limit or more[0].get("found", 0) > len(more)):
            last = rows[-1]["sequence"]
        span = span.after(last, newest_first=newest_first)
    return Found(rows, None if span.is_empty else last)
