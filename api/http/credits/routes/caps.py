"""Spend caps and the alerts they raise."""

from __future__ import annotations

import asyncio
from typing import Any

from api.commands.credits.caps import SetCaps
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.credits.answers.caps import (
    AlertAnswer,
    CapReadAnswer,
    CapsSetAnswer,
    alert_answer,
    cap_read_answer,
    caps_set_answer,
)
from api.http.credits.bodies import CapBody, Caps
from api.http.credits.permissions import CapsReader, CapsWriter
from api.http.errors import TooManyReads
from api.http.fields import parse
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.credits.caps import FIRST_PLACE, CapRead, alerts, caps_in_force
from api.queries.tenancy.directory import head_of
from ledger.credits.caps import Cap, Period
from ledger.kernel.errors import Invalid
from ledger.kernel.money import CREDIT, parse_amount

router = Router(prefix="/v1/billing", tags=["caps"])


@router.put("/caps")
async def set_caps(caller: CapsWriter, key: IdempotencyKey, body: Caps) -> Ok[CapsSetAnswer]:
    """Put these caps in force and no others. A cap that stays keeps what it has counted."""
    checked = [_cap(item, f"caps.{place}") for place, item in enumerate(body.caps)]
    command = SetCaps(
        **caller.asks(key),
        sent={"caps": [sent for _, sent in checked]},
        caps=[cap for cap, _ in checked],
    )
    result = await caller.service.writer.submit(command)
    return Ok(caps_set_answer(result), replayed=result.replayed)


@router.get("/caps", openapi_extra=may_answer(TooManyReads))
async def caps(caller: CapsReader) -> Ok[ListAnswer[CapReadAnswer]]:
    """The caps in force, each with its highest counters of the present window: what was spent, what
    open holds set aside, and what is available."""
    service = caller.service
    async with service.reads.read(caller.org):
        as_of = await head_of(service.long_reader, caller.org)
        found = await caps_in_force(service.long_reader, caller.org, service.clock())
        return await asyncio.to_thread(_listed, found, as_of)


def _listed(found: list[CapRead], as_of: int) -> Ok[ListAnswer[CapReadAnswer]]:
    return Ok(ListAnswer([cap_read_answer(each) for each in found], None, as_of))


@router.get("/alerts", openapi_extra=may_answer(TooManyReads))
async def list_alerts(
    caller: CapsReader, cursor: str | None = None, limit: Limit = None
) -> Ok[ListAnswer[AlertAnswer]]:
    """The alerts that caps have raised, newest first."""
    cursors = Cursors(caller, "alerts")
    before = cursors.read(cursor, int, FIRST_PLACE)
    page = cursors.page(limit)
    service = caller.service
    async with service.reads.read(caller.org):
        as_of = await head_of(service.long_reader, caller.org)
        found = await alerts(service.long_reader, caller.org, before, page.asked)
    found = page.cut(found, lambda each: each.sequence)
    return Ok(ListAnswer([alert_answer(each) for each in found], page.next_cursor, as_of))


def _cap(item: object, field: str) -> tuple[Cap, dict[str, Any]]:
    """Return a checked cap, and what was sent of it in canonical form."""
    try:
        body = parse(CapBody, item)
        limit = parse_amount(body.limit, CREDIT, "limit")
        scope = body.scope.sent() if body.scope else {}
        thresholds = [100] if body.thresholds is None else sorted(body.thresholds)
        if len(set(thresholds)) < len(thresholds):
            raise Invalid("thresholds must name each percentage once.", field="thresholds")
    except Invalid as refusal:
        raise refusal.at(field) from None
    cap = Cap(body.id, limit, Period(body.period), body.hard, body.days, scope, thresholds)
    sent = body.sent() | {"limit": limit}
    if body.scope:
        sent["scope"] = scope
    if body.thresholds is not None:
        sent["thresholds"] = thresholds
    return cap, sent
