"""Usage by group and period, from ClickHouse: the analysts' numbers, equal to the ledger's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from api.deadline import REQUEST_S, left_s
from api.queries.reader import Row, sql
from ledger.kernel.errors import Unavailable

PROJECTION = "usage"
GROUPS = ("model", "service", "project", "provider", "user")
DAY = "day"

Analytics = Callable[[], Client]
"""Gives the client, which connects when first used."""


class Period(msgspec.Struct, frozen=True):
    """Half-open, by occurred time, in microseconds."""

    from_us: int
    to_us: int


class Question(msgspec.Struct, frozen=True):
    """What to sum: rows of a period, of one user or all, a sum for each combination of groups."""

    period: Period
    groups: tuple[str, ...]
    user: str | None = None


async def usage_sums(
    analytics: Analytics, org: str, question: Question, after: Sequence[str], limit: int
) -> list[Row]:
    """Return a row a combination of groups, in their order, after the one the page before ended
    with."""
    try:
        async with asyncio.timeout(left_s(REQUEST_S)):
            return await asyncio.to_thread(_ask, analytics, org, question, after, limit)
    except TimeoutError as error:
        raise _no_answer() from error


def place_of(row: Row, groups: Sequence[str]) -> list[str]:
    """Return where a row stands among the sums."""
    return [row[f"by_{group}"] for group in groups]


def _ask(
    analytics: Analytics, org: str, question: Question, after: Sequence[str], limit: int
) -> list[Row]:
    parameters: dict[str, Any] = {
        "org": org,
        "from_us": question.period.from_us,
        "to_us": question.period.to_us,
        "user": question.user or "",
        "limit": limit,
        **{f"after_{place}": text for place, text in enumerate(after)},
    }
    try:
        result = analytics().query(_statement(question, bool(after)), parameters=parameters)
        return list(result.named_results())
    except (ClickHouseError, HTTPError, OSError) as error:
        raise _no_answer() from error


def _no_answer() -> Unavailable:
    return Unavailable("the analysts' store does not answer: ask again.")


def _statement(question: Question, is_next: bool) -> str:
    """Return the query of `usage.sql` with its groups, which are names of ours; values are
    parameters."""
    columns = [f"by_{group}" for group in question.groups]
    places = [f"{{after_{place}:String}}" for place in range(len(columns))]
    return sql("credits/usage").format(
        columns="".join(f"{_expression(group)} AS by_{group}, " for group in question.groups),
        groups=", ".join(columns) or "tuple()",
        after=f"tuple({', '.join(columns)}) > tuple({', '.join(places)})" if is_next else "true",
    )


def _expression(group: str) -> str:
    return "toString(toDate(occurred_at, 'UTC'))" if group == DAY else f"toString({group})"
