"""The audit trail: who did what, read from the events themselves."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from api.queries.as_of import sequence_at
from api.queries.reader import Reader, Row
from api.queries.spans import PAGE_BYTES, Question, Span
from ledger.kernel.actor import Actor, decode_actor


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


async def span_of(reader: Reader, org: str, filters: EventFilters, until: int) -> Span:
    """Return the sequences that filters of time and sequence leave, of those up to one."""
    low, high = filters.from_sequence or 1, until
    if filters.to_sequence is not None:
        high = min(high, filters.to_sequence)
    if filters.from_us is not None:
        low = max(low, await sequence_at(reader, org, filters.from_us - 1) + 1)
    if filters.to_us is not None:
        high = min(high, await sequence_at(reader, org, filters.to_us - 1))
    return Span(low, high)


class FoundEvent(msgspec.Struct, frozen=True):
    """An event as it is shown; `body` is None where it holds usage lines nobody asked for."""

    sequence: int
    stream: str
    version: int
    type: str
    recorded_us: int
    actor: str
    idempotency_key: str
    body: bytes | None
    body_bytes: int
    hash: bytes


def found_event(row: Row) -> FoundEvent:
    """Return the event of a row."""
    return FoundEvent(*[row[name] for name in FoundEvent.__struct_fields__])


def events_question(org: str, filters: EventFilters, *, lines: bool = False) -> Question:
    """Return the events that pass the filters, those of usage with their `lines` or without."""
    parameters = {
        "type": filters.type,
        "user": filters.user,
        "user_member": None if filters.user is None else _member("user", filters.user).encode(),
        "actor_members": filters.actor_members,
        "lines": lines,
    }
    reach = None if filters.user is None else "audit_reach"
    return Question("audit_events", org, parameters, filters.look_at_each, reach)


async def find_event(reader: Reader, org: str, sequence: int) -> FoundEvent | None:
    """Return one event, whole."""
    question = events_question(org, EventFilters(), lines=True)
    place = Span(sequence, sequence)
    rows = await question.rows(reader, place, 1, PAGE_BYTES, newest_first=False)
    return found_event(rows[0]) if rows else None


async def texts_at(reader: Reader, org: str, digests: Iterable[str]) -> dict[str, str]:
    """Return the erasable texts of digests, without those erased."""
    wanted = sorted(set(digests))
    if not wanted:
        return {}
    rows = await reader.rows(org, "texts", {"org": org, "digests": wanted})
    return {row["digest"]: row["content"] for row in rows}


def actor_of(event: FoundEvent) -> Actor | None:
    """Return who did it; None when the stored text cannot be read: `tally verify` says why."""
    try:
        return decode_actor(event.actor)
    except (msgspec.MsgspecError, ValueError):
        return None


def _member(name: str, value: str) -> str:
    return f'"{name}":{msgspec.json.encode(value).decode()}'
