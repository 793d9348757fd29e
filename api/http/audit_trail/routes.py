"""The audit trail of an org: who did what, when, and from where, event by event."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

import msgspec
from fastapi import Query

from api.http.answers import ListAnswer, Ok
from api.http.audit_trail.answers import EventAnswer, event_answer
from api.http.audit_trail.lists import (
    NEWEST_FIRST,
    Order,
    is_newest_first,
)
from api.http.audit_trail.permissions import AuditReader
from api.http.auth.caller import Caller
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit, parse_integer
from api.http.parameters import (
    Sequence,
    SequenceOrTime,
    Text,
    Time,
    User,
    check_choice,
    checked_text,
)
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.as_of import Moment, moment_of
from api.queries.audit_trail import (
    EventFilters,
    FoundEvent,
    actor_of,
    events_question,
    find_event,
    found_event,
    span_of,
    texts_at,
)
from api.queries.spans import look
from api.queries.tenancy.directory import head_of
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import check_user
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import parse_time
from ledger.registry import FACTS

router = Router(prefix="/v1/audit", tags=["audit"])

_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
WITHOUT_LINES = "false"
LINES = (WITHOUT_LINES, "true")


@router.get("/events", openapi_extra=may_answer(TooManyReads))
async def events(
    caller: AuditReader,
    type_: Annotated[str | None, Query(alias="type")] = None,
    user: User | None = None,
    subject: Text | None = None,
    key_id: Text | None = None,
    request_id: Text | None = None,
    from_: Annotated[Time | None, Query(alias="from")] = None,
    to: Time | None = None,
    from_sequence: Sequence | None = None,
    to_sequence: Sequence | None = None,
    as_of: SequenceOrTime | None = None,
    lines: Annotated[str, Query(json_schema_extra={"enum": list(LINES)})] = WITHOUT_LINES,
    order: Order = NEWEST_FIRST,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[EventAnswer]]:
    """Events with who recorded them. All pages of one walk are as of one moment.

    The `body` of recorded usage is null unless `lines=true`: it may be long. A page may hold fewer
    events than asked for, even none, and have a `next_cursor`: its bodies have half a megabyte at
    most (or there is one that is longer), and a filter that seldom matches looks at a bounded part
    each time.
    """
    filters = EventFilters(
        type=_type(type_),
        user=None if user is None else check_user(user),
        subject=checked_text(subject, "subject"),
        key_id=checked_text(key_id, "key_id"),
        request_id=checked_text(request_id, "request_id"),
        from_us=None if from_ is None else parse_time(from_, "from"),
        to_us=None if to is None else parse_time(to, "to"),
        from_sequence=parse_integer(from_sequence, "from_sequence", 0, AMOUNT_MAX),
        to_sequence=parse_integer(to_sequence, "to_sequence", 0, AMOUNT_MAX),
    )
    newest_first = is_newest_first(order)
    bound = msgspec.structs.asdict(filters) | {"order": order, "as_of": as_of, "lines": lines}
    cursors = Cursors(caller, "audit events", bound)
    last, sequence = cursors.read(cursor, tuple[int, int], (0, 0))
    page = cursors.page(limit)
    question = events_question(caller.org, filters, lines=_with_lines(lines))
    async with caller.service.reads.read(caller.org):
        reader = caller.service.long_reader
        until = sequence if cursor is not None else (await _moment(caller, as_of)).sequence
        span = await span_of(reader, caller.org, filters, until)
        if cursor is not None:
            span = span.after(last, newest_first=newest_first)
        found = await look(reader, question, span, page.limit, newest_first=newest_first)
        if found.looked_until is not None:
            page.next_cursor = cursors.write((found.looked_until, until))
        listed = list(map(found_event, found.rows))
        texts = await _texts(caller, listed)
        return await asyncio.to_thread(_listed, listed, texts, page.next_cursor, until)


@router.get("/events/{sequence}", openapi_extra=may_answer(TooManyReads))
async def event(caller: AuditReader, sequence: str, as_of: str | None = None) -> Ok[EventAnswer]:
    """One event with who recorded it."""
    number = int(sequence) if _SEQUENCE.fullmatch(sequence) else 0
    async with caller.service.reads.read(caller.org):
        until = (await _moment(caller, as_of)).sequence
        found = None
        if 0 < number <= until:
            found = await find_event(caller.service.long_reader, caller.org, number)
        if found is None:
            raise NotFound("there is no event of that sequence.", field="sequence")
        return Ok(event_answer(found, await _texts(caller, [found])))


async def _moment(caller: Caller, as_of: str | None) -> Moment:
    service = caller.service
    if as_of is None:
        return Moment(await head_of(service.long_reader, caller.org), service.clock())
    return await moment_of(service.long_reader, caller.org, as_of, service.clock())


async def _texts(caller: Caller, found: list[FoundEvent]) -> dict[str, str]:
    """Return where the callers of events were."""
    origins = [actor.origin for actor in map(actor_of, found) if actor and actor.origin]
    return await texts_at(caller.service.long_reader, caller.org, origins)


def _listed(
    found: list[FoundEvent], texts: dict[str, str], next_cursor: str | None, until: int
) -> Ok[ListAnswer[EventAnswer]]:
    data = [event_answer(each, texts) for each in found]
    return Ok(ListAnswer(data, next_cursor, until))


def _with_lines(lines: str) -> bool:
    check_choice(lines, LINES, "lines")
    return lines != WITHOUT_LINES


def _type(name: str | None) -> str | None:
    if name is not None and name not in FACTS:
        raise Invalid("type must be a type of event, such as credits.UsageRecorded.", field="type")
    return name
