"""Usage by hour, day or month, model, service, project, provider and user, for analysts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import Ok
from api.http.auth.caller import Caller
from api.http.credits.answers.usage_report import (
    UsageReportAnswer,
    usage_csv,
    usage_sums_answer,
)
from api.http.credits.permissions import UsageReader
from api.http.csv import CSV, wants_csv
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.parameters import Granularity, Period, User
from api.http.parameters import Sequence as SequenceNumber
from api.http.periods import parse_range
from api.http.router import Router
from api.queries.credits import usage_report
from api.queries.credits.usage_report import (
    BUCKETS,
    FOLLOWERS,
    GROUPS,
    Question,
    Source,
    analysts_sums,
    place_of,
    stored_sums,
)
from api.queries.read_models import applied_sequence
from api.queries.reader import Row
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Invalid, ReadModelBehind, Unavailable
from ledger.kernel.times import DAY_US

router = Router(prefix="/v1/billing", tags=["usage"])

WIDEST_DAYS = {"hourly": 31, "daily": 366}
"""Days of a period, by granularity; as many years as there are for the rest."""

CSV_ROWS = 50_000
"""Rows of a report as CSV, which has no pages."""


class _Sums(NamedTuple):
    source: Source
    as_of: int
    rows: list[Row]


class CsvReport(Ok[UsageReportAnswer]):
    """A report as a file for spreadsheets; its headers say what JSON says beside the rows."""

    def __init__(self, period: str, sums: _Sums, content: str) -> None:
        headers = {
            "Content-Disposition": f'attachment; filename="usage-{period}.csv"',
            "Tally-Source": sums.source.value,
            "Tally-As-Of-Sequence": str(sums.as_of),
        }
        Response.__init__(self, content, 200, headers, CSV)


@router.get("/usage", responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}})
async def usage(
    caller: UsageReader,
    request: Request,
    period: Period,
    granularity: Granularity | None = None,
    group_by: str | None = None,
    user: User | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: SequenceNumber | None = None,
) -> Ok[UsageReportAnswer]:
    """Sums of a period (occurred time) for each combination of what they are grouped by. As
    CSV (`Accept: text/csv`) all of them at once."""
    question = _question(caller, period, granularity, group_by, user)
    if wants_csv(request.headers.get("accept")):
        return await _as_csv(caller, question, period, min_sequence, (cursor, limit))
    cursors = Cursors(caller, "usage", {"question": canonical(question).decode()})
    after = cursors.read(cursor, list[str], [])
    page = cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    sums = await _sums(caller, question, after, page.asked, at_least)
    rows = page.cut(sums.rows, lambda row: place_of(row, question.groups))
    listed = UsageReportAnswer(period, sums.source, page.next_cursor, sums.as_of, [])
    return await asyncio.to_thread(_listed, rows, question.groups, listed)


async def _as_csv(
    caller: Caller,
    question: Question,
    period: str,
    min_sequence: str | None,
    paging: Sequence[str | None],
) -> CsvReport:
    for name, given in zip(("cursor", "limit"), paging, strict=True):
        if given is not None:
            raise Invalid(f"{name} is of pages, and CSV is all rows: leave it out.", field=name)
    at_least = parse_min_sequence(min_sequence, None)
    sums = await _sums(caller, question, [], CSV_ROWS + 1, at_least)
    if len(sums.rows) > CSV_ROWS:
        raise Invalid(
            f"group_by gives more than {CSV_ROWS} rows in this period: group by less, or ask for "
            "a shorter one.",
            field="group_by",
        )
    content = await asyncio.to_thread(usage_csv, sums.rows, question.groups)
    return CsvReport(period, sums, content)


async def _sums(
    caller: Caller, question: Question, after: list[str], limit: int, at_least: int | None
) -> _Sums:
    """Return the sums from ClickHouse; from PostgreSQL when it is away, or too far behind."""
    service, org = caller.service, caller.org
    with service.reads.asked(org):
        try:
            source = Source.CLICKHOUSE
            as_of = await applied_sequence(service.reader, org, FOLLOWERS[source], at_least)
            async with service.reads.turn(org):
                rows = await analysts_sums(service.analytics, org, question, after, limit)
        except (ReadModelBehind, Unavailable):
            source = Source.POSTGRESQL
            as_of = await applied_sequence(service.reader, org, FOLLOWERS[source], at_least)
            async with service.reads.turn(org):
                rows = await stored_sums(service.long_reader, org, question, after, limit)
    return _Sums(source, as_of, rows)


def _listed(
    rows: list[Row], groups: tuple[str, ...], listed: UsageReportAnswer
) -> Ok[UsageReportAnswer]:
    listed.data = [usage_sums_answer(row, groups) for row in rows]
    return Ok(listed)


def _question(
    caller: Caller, period: str, granularity: str | None, group_by: str | None, user: str | None
) -> Question:
    begins, ends = parse_range(period)
    groups = _groups(granularity, group_by)
    widest = WIDEST_DAYS.get(granularity or "", 0)
    if widest and ends - begins > widest * DAY_US:
        raise Invalid(
            f"period may have at most {widest} days of {granularity} sums.", field="period"
        )
    return Question(usage_report.Period(begins, ends), groups, caller.filter(user))


def _groups(granularity: str | None, group_by: str | None) -> tuple[str, ...]:
    if granularity is not None and granularity not in BUCKETS:
        raise Invalid(
            f"granularity must be one of {', '.join(BUCKETS)}, or absent for the whole period.",
            field="granularity",
        )
    groups = tuple(group_by.split(",")) if group_by else ()
    if len(set(groups)) < len(groups) or not set(groups) <= set(GROUPS):
        raise Invalid(
            f"group_by must be names among {', '.join(GROUPS)}, with commas between, each once.",
            field="group_by",
        )
    return ((BUCKETS[granularity],) if granularity else ()) + groups
