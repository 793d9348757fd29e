"""The usage report: sums over a month, one for each combination of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec
from msgspec import UNSET, UnsetType

from api.http.answers import Amount, Answer
from api.http.credits.answers.statement import Month
from api.queries.reader import Row
from ledger.kernel.money import CREDIT, format_amount, format_usd

Label = str | None | UnsetType
"""Absent unless the report is grouped by it; null where the lines did not say it."""


class UsageSumsAnswer(Answer, kw_only=True):
    """The sums of the lines that have these labels."""

    day: str | UnsetType = UNSET
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
    """One page of a month's report."""

    period: Month
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
        input_tokens=row["input_tokens"],
        cached_tokens=row["cached_tokens"],
        cache_write_tokens=row["cache_write_tokens"],
        output_tokens=row["output_tokens"],
        quantities=dict(row["quantities"]),
    )
    labels = {group: row[f"by_{group}"] or None for group in groups}
    return cast(UsageSumsAnswer, labels | msgspec.to_builtins(sums))
