"""Usage by model, service, project, provider, user and day, for analysts."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Response

from api.http.answers import answer
from api.http.auth.caller import UsageReader
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.periods import parse_month
from api.http.router import Router
from api.queries.credits.usage_report import (
    DAY,
    GROUPS,
    PROJECTION,
    Period,
    Question,
    place_of,
    usage_sums,
)
from api.queries.read_models import applied_sequence
from api.queries.reader import Row
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Invalid
from ledger.kernel.money import CREDIT, format_amount, format_usd

router = Router(prefix="/v1/billing", tags=["usage"])


@router.get("/usage")
async def usage(
    caller: UsageReader,
    period: str,
    granularity: str | None = None,
    group_by: str | None = None,
    user: str | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: str | None = None,
) -> Response:
    """Sums over a month of occurred time, one for each combination of what it is grouped by."""
    question = Question(
        Period(*parse_month(period)), _groups(granularity, group_by), caller.filter(user)
    )
    cursors = Cursors(caller, "usage", {"question": canonical(question).decode()})
    after = cursors.read(cursor, list[str], [])
    page = cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    service = caller.service
    with service.reads.asked(caller.org):
        as_of = await applied_sequence(service.reader, caller.org, PROJECTION, at_least)
        async with service.reads.turn(caller.org):
            rows = await usage_sums(service.analytics, caller.org, question, after, page.asked)
            rows = page.cut(rows, lambda row: place_of(row, question.groups))
            value = {"period": period, "next_cursor": page.next_cursor, "as_of_sequence": as_of}
            return await asyncio.to_thread(_listed, rows, question.groups, value)


def _listed(rows: list[Row], groups: tuple[str, ...], value: dict[str, Any]) -> Response:
    return answer({**value, "data": [_sums(row, groups) for row in rows]})


def _groups(granularity: str | None, group_by: str | None) -> tuple[str, ...]:
    if granularity not in (None, "daily"):
        raise Invalid("granularity must be daily, or absent for the month.", field="granularity")
    groups = tuple(group_by.split(",")) if group_by else ()
    if len(set(groups)) < len(groups) or not set(groups) <= set(GROUPS):
        raise Invalid(
            f"group_by must be names among {', '.join(GROUPS)}, with commas between, each once.",
            field="group_by",
        )
    return ((DAY,) if granularity else ()) + groups


def _sums(row: Row, groups: tuple[str, ...]) -> dict[str, Any]:
    """What a line did not say (its project, say) is null here."""
    amount = int(row["amount"])
    return {
        **{group: row[f"by_{group}"] or None for group in groups},
        "lines": row["lines"],
        "late_lines": row["late_lines"],
        "amount": format_amount(amount, CREDIT),
        "amount_usd": format_usd(amount),
        "debt": format_amount(int(row["debt"]), CREDIT),
        "input_tokens": row["input_tokens"],
        "cached_tokens": row["cached_tokens"],
        "cache_write_tokens": row["cache_write_tokens"],
        "output_tokens": row["output_tokens"],
        "quantities": _quantities(row["quantities"]),
    }


def _quantities(summed: Any) -> dict[str, int]:
    return dict(summed)
