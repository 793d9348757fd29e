"""Usage by model, service, project, provider, user and day, for analysts."""

from __future__ import annotations

import asyncio

from api.http.answers import Ok
from api.http.credits.answers.usage_report import UsageReportAnswer, usage_sums_answer
from api.http.credits.permissions import UsageReader
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.parameters import Granularity, Month, Sequence, User
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

router = Router(prefix="/v1/billing", tags=["usage"])


@router.get("/usage")
async def usage(
    caller: UsageReader,
    period: Month,
    granularity: Granularity | None = None,
    group_by: str | None = None,
    user: User | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[UsageReportAnswer]:
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
            listed = UsageReportAnswer(period, page.next_cursor, as_of, [])
            return await asyncio.to_thread(_listed, rows, question.groups, listed)


def _listed(
    rows: list[Row], groups: tuple[str, ...], listed: UsageReportAnswer
) -> Ok[UsageReportAnswer]:
    listed.data = [usage_sums_answer(row, groups) for row in rows]
    return Ok(listed)


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
