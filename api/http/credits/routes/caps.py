"""Spend caps and the alerts they raise."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Response

from api.commands.credits.caps import SetCaps
from api.http.answers import answer
from api.http.auth.caller import CapsReader, CapsWriter, IdempotencyKey
from api.http.credits import bodies
from api.http.credits.bodies import Caps
from api.http.fields import parse
from api.http.paging import Cursors, Limit
from api.http.router import Router
from api.queries.credits.caps import FIRST_PLACE, CapRead, Raised, alerts, caps_in_force, values_of
from api.queries.tenancy.directory import head_of
from ledger.credits.cap_book import CapBook
from ledger.credits.caps import Cap, Period
from ledger.kernel.errors import Invalid
from ledger.kernel.money import CREDIT, format_amount, parse_amount
from ledger.kernel.times import format_time

router = Router(prefix="/v1/billing", tags=["caps"])


@router.put("/caps")
async def set_caps(caller: CapsWriter, key: IdempotencyKey, body: Caps) -> Response:
    """Put these caps in force and no others. A cap that stays keeps what it has counted."""
    checked = [_cap(item, f"caps.{place}") for place, item in enumerate(body.caps)]
    command = SetCaps(
        **caller.asks(key),
        sent={"caps": [sent for _, sent in checked]},
        caps=[cap for cap, _ in checked],
    )
    result = await caller.service.writer.submit(command)
    stored_fact = result.stored_fact
    fact = stored_fact.fact
    assert isinstance(fact, CapBook.CapsSet)
    value = {
        "caps": [_cap_json(cap) for cap in fact.caps],
        "sequence": stored_fact.sequence,
        "hash": stored_fact.hash.hex(),
        "recorded_at": format_time(fact.recorded_us),
    }
    return answer(value, replayed=result.replayed)


@router.get("/caps")
async def caps(caller: CapsReader) -> Response:
    """The caps in force, each with its highest counters of the present window: what was spent, what
    open holds set aside, and what is available."""
    service = caller.service
    async with service.reads.read(caller.org):
        as_of = await head_of(service.long_reader, caller.org)
        found = await caps_in_force(service.long_reader, caller.org, service.clock())
        return await asyncio.to_thread(_listed, found, as_of)


def _listed(found: list[CapRead], as_of: int) -> Response:
    data = [_read_json(each) for each in found]
    return answer({"data": data, "next_cursor": None, "as_of_sequence": as_of})


@router.get("/alerts")
async def list_alerts(
    caller: CapsReader, cursor: str | None = None, limit: Limit = None
) -> Response:
    """The alerts that caps have raised, newest first."""
    cursors = Cursors(caller, "alerts")
    before = cursors.read(cursor, int, FIRST_PLACE)
    page = cursors.page(limit)
    service = caller.service
    async with service.reads.read(caller.org):
        as_of = await head_of(service.long_reader, caller.org)
        found = await alerts(service.long_reader, caller.org, before, page.asked)
    found = page.cut(found, lambda each: each.sequence)
    data = [_alert_json(each) for each in found]
    return answer({"data": data, "next_cursor": page.next_cursor, "as_of_sequence": as_of})


def _cap(item: object, field: str) -> tuple[Cap, dict[str, Any]]:
    """A checked cap, and what was sent of it in canonical form."""
    try:
        body = parse(bodies.CapBody, item)
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


def _cap_json(cap: Cap) -> dict[str, Any]:
    return {
        "id": cap.id,
        "limit": format_amount(cap.limit, CREDIT),
        "period": cap.period,
        "days": cap.days,
        "hard": cap.hard,
        "scope": cap.scope,
        "thresholds": cap.thresholds,
    }


def _read_json(found: CapRead) -> dict[str, Any]:
    counters = [
        {
            "values": each.subject,
            "spent": format_amount(each.spent, CREDIT),
            "held": format_amount(each.held, CREDIT),
            "available": format_amount(max(0, found.cap.limit - each.spent - each.held), CREDIT),
        }
        for each in found.counters
    ]
    return _cap_json(found.cap) | {
        "window_from": format_time(found.since_us),
        "counters": counters,
        "more_counters": found.more,
    }


def _alert_json(found: Raised) -> dict[str, Any]:
    alert = found.alert
    return {
        "cap": alert.cap,
        "values": values_of(alert.subject),
        "percent": alert.percent,
        "spent": format_amount(alert.spent, CREDIT),
        "limit": format_amount(alert.limit, CREDIT),
        "period_from": format_time(alert.period_from_us),
        "sequence": found.sequence,
        "hash": found.hash.hex(),
        "raised_at": format_time(found.recorded_us),
    }
