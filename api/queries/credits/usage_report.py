"""Usage by group and period: from ClickHouse, the analysts' numbers, or from the transactions in
PostgreSQL when ClickHouse is away. Both are equal to the ledger's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.exceptions import Error as DriverError
from urllib3.exceptions import HTTPError

from api.deadline import REQUEST_S, left_s
from api.queries.reader import Reader, Row, sql
from ledger.kernel.errors import Unavailable

GROUPS = ("model", "service", "project", "provider", "user")
USER = "user"
HOUR, DAY, MONTH = "hour", "day", "month"
BUCKETS = {"hourly": HOUR, "daily": DAY, "monthly": MONTH}
"""Granularity → the group that it adds before the others."""

Analytics = Callable[[], Client]
"""Gives the client, which connects when first used."""

_FORMATS = {HOUR: "%Y-%m-%dT%H:00:00Z", DAY: "%Y-%m-%d", MONTH: "%Y-%m"}


class Source(StrEnum):
    """Which copy was asked."""

    CLICKHOUSE = "clickhouse"
    POSTGRESQL = "postgresql"


FOLLOWERS = {Source.CLICKHOUSE: "usage", Source.POSTGRESQL: "transactions"}
"""The read model that each is."""


class Period(msgspec.Struct, frozen=True):
    """Half-open, by occurred time, in microseconds."""

    from_us: int
    to_us: int


class Question(msgspec.Struct, frozen=True):
    """What to sum: rows of a period, of one user or all, a sum for each combination of groups."""

    period: Period
    groups: tuple[str, ...]
    user: str | None = None


async def analysts_sums(
    analytics: Analytics, org: str, question: Question, after: Sequence[str], limit: int
) -> list[Row]:
    """Return a row a combination of groups, in their order, after the one the page before ended
    with; from ClickHouse. Raises Unavailable while there is still time to ask elsewhere."""
    try:
        async with asyncio.timeout(left_s(REQUEST_S) / 2):
            return await asyncio.to_thread(ask, analytics, org, question, after, limit)
    except TimeoutError as error:
        raise _no_answer() from error


async def stored_sums(
    reader: Reader, org: str, question: Question, after: Sequence[str], limit: int
) -> list[Row]:
    """Return the same, from PostgreSQL."""
    parameters = {
        "org": org,
        "from_us": question.period.from_us,
        "to_us": question.period.to_us,
        "user": question.user,
        "groups": list(question.groups),
        "after": list(after) or None,
        "limit": limit,
    }
    rows = await reader.rows(org, "credits/usage_of_transactions", parameters)
    names = [f"by_{group}" for group in question.groups]
    return [row | dict(zip(names, row["labels"], strict=True)) for row in rows]


def place_of(row: Row, groups: Sequence[str]) -> list[str]:
    """Return where a row stands among the sums."""
    return [row[f"by_{group}"] for group in groups]


def ask(
    analytics: Analytics, org: str, question: Question, after: Sequence[str], limit: int
) -> list[Row]:
    """Ask ClickHouse. Raises Unavailable."""
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
    except (ClickHouseError, DriverError, HTTPError, OSError) as error:
        raise _no_answer() from error


def _no_answer() -> Unavailable:
    return Unavailable("the analysts' store does not answer: ask again.")


def _statement(question: Question, is_next: bool) -> str:
    """Return a query with its groups, which are names of ours; values are parameters. Only what is
    about users is asked of the lines: sums do not tell users apart."""
    of_lines = question.user is not None or USER in question.groups
    at = "occurred_at" if of_lines else "hour"
    columns = [f"by_{group}" for group in question.groups]
    places = [f"{{after_{place}:String}}" for place in range(len(columns))]
    return sql("credits/usage" if of_lines else "credits/usage_of_sums").format(
        columns="".join(f"{_expression(group, at)} AS by_{group}, " for group in question.groups),
        groups=", ".join(columns) or "tuple()",
        after=f"tuple({', '.join(columns)}) > tuple({', '.join(places)})" if is_next else "true",
    )


def _expression(group: str, at: str) -> str:
    if group in _FORMATS:
        return f"formatDateTime({at}, '{_FORMATS[group]}', 'UTC')"
    return f"toString({group})"
