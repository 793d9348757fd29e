"""The audit trail: who did what, read from the events themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from api.queries.moments import sequence_at
from api.queries.reader import Reader
from ledger.audit.actor import Actor, decode_actor
from ledger.ports import RecordedEvent

SPAN = 5_000
"""Events looked at by one question, when a filter has to look at each."""

SPANS_MAX = 10
"""Questions of one page: a rare match takes more than one page to find, each of bounded work."""


class EventFilters(msgspec.Struct, frozen=True):
    """What a list of events is narrowed to.

    `user` is the owner of the wallet, or the member that a usage line is of. `from_us` to `to_us`
    is half-open, by recorded time; the bounds of sequences are inclusive.
    """

    type: str | None = None
    user: str | None = None
    subject: str | None = None
    key_id: str | None = None
    request_id: str | None = None
    from_us: int | None = None
    to_us: int | None = None
    from_sequence: int | None = None
    to_sequence: int | None = None

    @property
    def actor_members(self) -> list[str]:
        """What the text of an actor holds, as JSON writes it."""
        wanted = {"subject": self.subject, "key": self.key_id, "request": self.request_id}
        return [_member(name, value) for name, value in wanted.items() if value is not None]

    @property
    def look_at_each(self) -> bool:
        """Whether events of the range may be passed over."""
        return bool(self.type or self.user or self.actor_members)


class Span(msgspec.Struct, frozen=True):
    """A range of sequences, both included."""

    low: int
    high: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no sequence in it."""
        return self.high < self.low

    def after(self, last: int, *, newest_first: bool) -> Span:
        """What of it comes after a sequence, in that order."""
        if newest_first:
            return Span(self.low, min(self.high, last - 1))
        return Span(max(self.low, last + 1), self.high)

    def first(self, count: int, *, newest_first: bool) -> Span:
        """Its first so many sequences, in that order."""
        if newest_first:
            return Span(max(self.low, self.high - count + 1), self.high)
        return Span(self.low, min(self.high, self.low + count - 1))


@dataclass(frozen=True)
class Found:
    """Events in order, and how far was looked: None to the end of the range."""

    events: list[RecordedEvent]
    looked_upto: int | None


async def span_of(reader: Reader, org: str, filters: EventFilters, upto: int) -> Span:
    """The sequences that filters of time and sequence leave, of those up to one."""
    low, high = filters.from_sequence or 1, upto
    if filters.to_sequence is not None:
        high = min(high, filters.to_sequence)
    if filters.from_us is not None:
        low = max(low, await sequence_at(reader, org, filters.from_us - 1) + 1)
    if filters.to_us is not None:
        high = min(high, await sequence_at(reader, org, filters.to_us - 1))
    return Span(low, high)


async def list_events(
    reader: Reader, org: str, filters: EventFilters, span: Span, limit: int, *, newest_first: bool
) -> Found:
    """Up to `limit` events of a range that pass the filters, after a bounded amount of work."""
    events: list[RecordedEvent] = []
    last = 0
    size = SPAN if filters.look_at_each else limit
    for _ in range(SPANS_MAX):
        if span.is_empty or len(events) == limit:
            break
        part = span.first(size, newest_first=newest_first)
        parameters = _parameters(org, filters, part) | {
            "limit": limit - len(events),
            "newest_first": newest_first,
        }
        rows = await reader.rows(org, "audit_events", parameters)
        events += [RecordedEvent(**row) for row in rows]
        last = part.low if newest_first else part.high
        if len(events) == limit:
            last = events[-1].sequence
        span = span.after(last, newest_first=newest_first)
    return Found(events, None if span.is_empty else last)


async def find_event(reader: Reader, org: str, sequence: int) -> RecordedEvent | None:
    """One event."""
    parameters = _parameters(org, EventFilters(), Span(sequence, sequence))
    row = await reader.row(org, "audit_events", parameters | {"limit": 1, "newest_first": False})
    return None if row is None else RecordedEvent(**row)


async def texts_at(reader: Reader, org: str, digests: Iterable[str]) -> dict[str, str]:
    """The erasable texts of digests, without those erased."""
    wanted = sorted(set(digests))
    if not wanted:
        return {}
    rows = await reader.rows(org, "texts", {"org": org, "digests": wanted})
    return {row["digest"]: row["content"] for row in rows}


def actor_of(event: RecordedEvent) -> Actor | None:
    """Who did it; None when the stored text cannot be read: `tally verify` says why."""
    try:
        return decode_actor(event.actor)
    except (msgspec.MsgspecError, ValueError):
        return None


def _parameters(org: str, filters: EventFilters, span: Span) -> dict[str, object]:
    return {
        "org": org,
        "low": span.low,
        "high": span.high,
        "type": filters.type,
        "user": filters.user,
        "user_member": None if filters.user is None else _member("user", filters.user).encode(),
        "actor_members": filters.actor_members,
    }


def _member(name: str, value: str) -> str:
    return f'"{name}":{msgspec.json.encode(value).decode()}'
