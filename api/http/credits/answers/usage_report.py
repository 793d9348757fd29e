"""The usage report: sums over a period, one for each combination of labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, cast

import msgspec
from msgspec import UNSET, UnsetType

from api.http.answers import Amount, Answer, one_of
from api.http.csv import table
from api.http.periods import RANGE
from api.queries.credits.usage_report import Source
from api.queries.reader import Row
from ledger.kernel.money import CREDIT, format_amount, format_usd

Range = Annotated[str, msgspec.Meta(pattern=f"^{RANGE}$")]

Label = str | None | UnsetType
"""Absent unless the report is grouped by it; null where the lines did not say it."""


_MEASURES = (
    *("lines", "late_lines", "amount", "debt"),
    *("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens"),
)


class UsageSumsAnswer(Answer, kw_only=True):
    """The sums of the lines that have these labels."""

    hour: str | UnsetType = UNSET
    day: str | UnsetType = UNSET
    month: str | UnsetType = UNSET
    model: Label = UNSET
    service: Label = UNSET
    project: Label = UNSET
    provider: Label = UNSET
    user: Label = UNSET
    lines: int
    late_lines: int
    amount: Amount
    amount_usd: Amount
    debt: Amount
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    quantities: dict[str, int]


class UsageReportAnswer(Answer):
    """One page of a report, and which copy of the ledger it is from."""

    period: Range
    source: Annotated[str, one_of(Source)]
    next_cursor: str | None
    as_of_sequence: int
    data: list[UsageSumsAnswer]


def usage_sums_answer(row: Row, groups: Sequence[str]) -> UsageSumsAnswer:
    """Return the sums of a row, with its labels before them in the order they were asked for."""
    amount = int(row["amount"])
    sums = UsageSumsAnswer(
        lines=row["lines"],
        late_lines=row["late_lines"],
        amount=format_amount(amount, CREDIT),
        amount_usd=format_usd(amount),
        debt=format_amount(int(row["debt"]), CREDIT),
        input_tokens=int(row["input_tokens"]),
        cached_tokens=int(row["cached_tokens"]),
        cache_write_tokens=int(row["cache_write_tokens"]),
        output_tokens=int(row["output_tokens"]),
        quantities=dict(row["quantities"]),
    )
    labels = {group: row[f"by_{group}"] or None for group in groups}
    return cast(UsageSumsAnswer, labels | msgspec.to_builtins(sums))


def usage_csv(rows: Sequence[Row], groups: Sequence[str]) -> str:
    """Return sums as CSV: the labels, then what they add up to; meters without a name of their own
    in columns after it."""
    meters = sorted({meter for row in rows for meter in row["quantities"]})
    header = [*groups, *_MEASURES, "amount_usd", *meters]
    return table(header, ([*_csv_row(row, groups, meters)] for row in rows))


def _csv_row(row: Row, groups: Sequence[str], meters: Sequence[str]) -> Iterator[object]:
    sums = cast(dict[str, object], usage_sums_answer(row, groups))
    yield from (sums[group] for group in groups)
    yield from (sums[name] for name in (*_MEASURES, "amount_usd"))
    yield from (row["quantities"].get(meter, 0) for meter in meters)
