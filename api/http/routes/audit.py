"""The audit trail of an org: who did what, when, and from where, event by event."""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response

from api.http.answers import answer
from api.http.audit_lists import (
    NEWEST_FIRST,
    Order,
    checked_text,
    is_newest_first,
    origin_json,
)
from api.http.caller import AuditReader, Caller
from api.http.cursors import Cursors, Limit, parse_integer
from api.queries.audit import (
    EventFilters,
    actor_of,
    events_question,
    find_event,
    span_of,
    texts_at,
)
from api.queries.directory import head_of
from api.queries.moments import Moment, moment_of
from api.queries.spans import look
from ledger.facts import FACTS
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import check_user
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.times import format_time, parse_time
from ledger.ports import RecordedEvent

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
WITHHELD = ("secret_hash",)
"""Members of a body that are not shown: a credential's hash is nobody's business."""


@router.get("/events")
async def events(
    caller: AuditReader,
    type_: Annotated[str | None, Query(alias="type")] = None,
    user: str | None = None,
    subject: str | None = None,
    key_id: str | None = None,
    request_id: str | None = None,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
    from_sequence: str | None = None,
    to_sequence: str | None = None,
    as_of: str | None = None,
    order: Order = NEWEST_FIRST,
    cursor: str | None = None,
    limit: Limit = None,
) -> Response:
    """Events with who recorded them. All pages of one walk are as of one moment.

    A page may hold fewer events than asked for, even none, and have a `next_cursor`: a filter that
    seldom matches looks at a bounded number of events each time.
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
    bound = msgspec.structs.asdict(filters) | {"order": order, "as_of": as_of}
    cursors = Cursors(caller, "audit events", bound)
    last, sequence = cursors.read(cursor, tuple[int, int], (0, 0))
    page = cursors.page(limit)
    reader = caller.service.reader
    upto = sequence if cursor is not None else (await _moment(caller, as_of)).sequence
    span = await span_of(reader, caller.org, filters, upto)
    if cursor is not None:
        span = span.after(last, newest_first=newest_first)
    question = events_question(caller.org, filters)
    found = await look(reader, question, span, page.limit, newest_first=newest_first)
    if found.looked_upto is not None:
        page.next_cursor = cursors.write((found.looked_upto, upto))
    data = await _events_json(caller, [RecordedEvent(**row) for row in found.rows])
    return answer({"data": data, "next_cursor": page.next_cursor, "as_of_sequence": upto})


@router.get("/events/{sequence}")
async def event(caller: AuditReader, sequence: str, as_of: str | None = None) -> Response:
    """One event with who recorded it."""
    number = int(sequence) if _SEQUENCE.fullmatch(sequence) else 0
    upto = (await _moment(caller, as_of)).sequence
    found = None
    if 0 < number <= upto:
        found = await find_event(caller.service.reader, caller.org, number)
    if found is None:
        raise NotFound("there is no event of that sequence.", field="sequence")
    (made,) = await _events_json(caller, [found])
    return answer(made)


async def _moment(caller: Caller, as_of: str | None) -> Moment:
    service = caller.service
    if as_of is None:
        return Moment(await head_of(service.reader, caller.org), service.clock())
    return await moment_of(service.reader, caller.org, as_of, service.clock())


async def _events_json(caller: Caller, found: list[RecordedEvent]) -> list[dict[str, Any]]:
    origins = [actor.origin for actor in map(actor_of, found) if actor and actor.origin]
    texts = await texts_at(caller.service.reader, caller.org, origins)
    return [_event_json(each, texts) for each in found]


def _event_json(event: RecordedEvent, texts: dict[str, str]) -> dict[str, Any]:
    """An event; never its position, which would tell a tenant the volume of others."""
    actor = actor_of(event)
    return {
        "sequence": event.sequence,
        "hash": event.hash.hex(),
        "type": event.type,
        "stream": event.stream,
        "version": event.version,
        "wallet": _wallet(event.stream),
        "recorded_at": format_time(event.recorded_us),
        "actor": actor
        and {"subject": actor.subject, "key_id": actor.key, "request_id": actor.request},
        "origin": origin_json(actor.origin if actor else None, texts),
        "idempotency_key": event.idempotency_key or None,
        "body": _body(event.body),
    }


def _wallet(stream: str) -> dict[str, str] | None:
    kind, _, name = stream.partition("/")
    if kind != "wallet":
        return None
    asset, _, owner = name.partition("/")
    return {"owner": owner, "asset": asset}


def _body(body: bytes) -> Any:
    """The fact as JSON; null when its bytes are none: `tally verify` says why."""
    try:
        fact = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    if isinstance(fact, dict):
        for name in WITHHELD:
            fact.pop(name, None)
    return fact


def _type(name: str | None) -> str | None:
    if name is not None and name not in FACTS:
        raise Invalid("type must be a type of event, such as credits.UsageRecorded.", field="type")
    return name
