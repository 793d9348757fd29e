"""Requests that were refused: without a credential of ours (401), or without permission (403)."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from fastapi import Query

from api.http.access_log.answers import RefusalAnswer, refusal_answer
from api.http.access_log.permissions import AccessLogReader
from api.http.answers import ListAnswer, Ok
from api.http.audit_trail.lists import (
    NEWEST_FIRST,
    Order,
    is_newest_first,
)
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit
from api.http.parameters import Text, Time, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.access_log.refusals import RefusalFilters, access_head, link_of, refusals_question
from api.queries.audit_trail import texts_at
from api.queries.spans import Span, look
from ledger.access_log.log import AccessLink
from ledger.kernel.errors import Forbidden, Unauthenticated
from ledger.kernel.times import parse_time

router = Router(prefix="/v1/audit", tags=["audit"])

CODES = (Unauthenticated.code, Forbidden.code)


@router.get("/refusals", openapi_extra=may_answer(TooManyReads))
async def refusals(
    caller: AccessLogReader,
    code: Annotated[str | None, Query(json_schema_extra={"enum": list(CODES)})] = None,
    subject: Text | None = None,
    key_id: Text | None = None,
    request_id: Text | None = None,
    from_: Annotated[Time | None, Query(alias="from")] = None,
    to: Time | None = None,
    order: Order = NEWEST_FIRST,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[RefusalAnswer]]:
    """Refused requests; those that were alike within a second are one entry with `times`.

    What a credential of the org asked for, open or revoked. What nobody's asked for is under the
    org `platform`. What this process has refused before is in the list.
    """
    filters = RefusalFilters(
        code=_code(code),
        subject=checked_text(subject, "subject"),
        key_id=checked_text(key_id, "key_id"),
        request_id=checked_text(request_id, "request_id"),
        from_us=None if from_ is None else parse_time(from_, "from"),
        to_us=None if to is None else parse_time(to, "to"),
    )
    newest_first = is_newest_first(order)
    cursors = Cursors(caller, "refusals", msgspec.structs.asdict(filters) | {"order": order})
    last, until = cursors.read(cursor, tuple[int, int], (0, 0))
    page = cursors.page(limit)
    service = caller.service
    async with service.reads.read(caller.org):
        reader = service.long_reader
        if cursor is None:
            await asyncio.to_thread(service.access_log.flush)
            until = await access_head(reader, caller.org)
        span = Span(1, until)
        if cursor is not None:
            span = span.after(last, newest_first=newest_first)
        question = refusals_question(caller.org, filters)
        found = await look(reader, question, span, page.limit, newest_first=newest_first)
        if found.looked_until is not None:
            page.next_cursor = cursors.write((found.looked_until, until))
        links = [link_of(row) for row in found.rows]
        origins = [link.entry.origin for link in links if link.entry.origin]
        texts = await texts_at(reader, caller.org, origins)
        return await asyncio.to_thread(_listed, links, texts, page.next_cursor, until)


def _listed(
    links: list[AccessLink], texts: dict[str, str], next_cursor: str | None, until: int
) -> Ok[ListAnswer[RefusalAnswer]]:
    data = [refusal_answer(link, texts) for link in links]
    return Ok(ListAnswer(data, next_cursor, until))


def _code(code: str | None) -> str | None:
    check_choice(code, CODES, "code")
    return code
