"""The usage plot: what was spent over time, by label, as a picture that goes into a mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.queries.reader import Row
from api.reports.picture import COLOURS, dress, picture, title
from ledger.kernel.errors import Invalid
from ledger.kernel.money import format_usd

SHOWN = 7
"""Labels with a colour of their own; the others are one."""

OTHERS = "others"
NONE = "(none)"

_FORMATS = {"hour": "%Y-%m-%dT%H:00:00Z", "day": "%Y-%m-%d", "month": "%Y-%m"}
_USD = 1_000_000_000
"""Microcredits of a dollar."""


@dataclass(frozen=True)
class Sums:
    """What the lines of a label add up to; the amount in microcredits."""

    lines: int = 0
    amount: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def plus(self, row: Row) -> Sums:
        """Return these and those of a row together."""
        return Sums(
            self.lines + row["lines"],
            self.amount + int(row["amount"]),
            self.input_tokens + int(row["input_tokens"]),
            self.output_tokens + int(row["output_tokens"]),
        )


@dataclass(frozen=True)
class Figures:
    """The rows of a report by bucket (hour, day or month) and one label."""

    org: str
    period: str
    by: str
    bucket: str
    rows: Sequence[Row]

    @property
    def total(self) -> int:
        """The whole amount, in microcredits."""
        return sum(int(row["amount"]) for row in self.rows)

    def by_label(self) -> list[tuple[str, Sums]]:
        """Return the sums of each label, the largest amount first."""
        found: dict[str, Sums] = {}
        for row in self.rows:
            label = row[f"by_{self.by}"] or NONE
            found[label] = found.get(label, Sums()).plus(row)
        return sorted(found.items(), key=lambda each: (-each[1].amount, each[0]))

    def stacks(self) -> Iterator[tuple[str, list[int]]]:
        """Yield each label that is shown, and its amount in every bucket there is."""
        labels = [label for label, _ in self.by_label()]
        shown = labels if len(labels) <= SHOWN + 1 else labels[:SHOWN]
        amounts: dict[str, dict[str, int]] = {}
        for row in self.rows:
            label = row[f"by_{self.by}"] or NONE
            into = amounts.setdefault(label if label in shown else OTHERS, {})
            at = row[f"by_{self.bucket}"]
            into[at] = into.get(at, 0) + int(row["amount"])
        for label in (*shown, OTHERS) if len(shown) < len(labels) else shown:
            yield label, [amounts[label].get(at, 0) for at in self.buckets()]

    def buckets(self) -> list[str]:
        """Return every bucket from the first to the last with a line, also those without."""
        with_lines = [datetime.fromisoformat(_dated(row[f"by_{self.bucket}"])) for row in self.rows]
        at, last, found = min(with_lines), max(with_lines), []
        while at <= last:
            found.append(at.strftime(_FORMATS[self.bucket]))
            at = _next(at, self.bucket)
        return found


def plot(figures: Figures, path: Path) -> None:
    """Draw stacked bars over time. Raises Invalid without matplotlib, or where there is nothing to
    draw."""
    if not figures.rows:
        raise Invalid("there was no usage in this period: there is nothing to draw.")
    with picture(path) as figure:
        axes = figure.add_subplot()
        _bars(axes, figures)
        title(
            figure, _text(f"Usage of {figures.org} by {figures.by}, {figures.period}", longest=80)
        )
        together = f"{_rounded(figures.total)} USD together"
        axes.set_title(together, loc="left", fontsize=10, color="#555")
        axes.set_ylabel(f"USD a {figures.bucket}")
        dress(axes)


def _bars(axes: Any, figures: Figures) -> None:
    """Draw the bars: pixels need no exactness, so only here amounts become floats."""
    buckets = figures.buckets()
    places = range(len(buckets))
    below = [0] * len(buckets)
    for colour, (label, amounts) in zip(COLOURS, figures.stacks(), strict=False):
        heights = [amount / _USD for amount in amounts]
        axes.bar(
            places, heights, 0.82, [each / _USD for each in below], color=colour, label=_text(label)
        )
        below = [lower + amount for lower, amount in zip(below, amounts, strict=True)]
    every = -(-len(buckets) // 12)
    shown = list(places)[::every]
    axes.set_xticks(shown, [_short(buckets[place], figures.bucket) for place in shown])


def _dated(at: str) -> str:
    return f"{at}-01" if len(at) == len("2026-02") else at


def _next(at: datetime, bucket: str) -> datetime:
    match bucket:
        case "hour":
            return at + timedelta(hours=1)
        case "day":
            return at + timedelta(days=1)
    return (at + timedelta(days=31)).replace(day=1)


def _text(label: str, longest: int = 28) -> str:
    """Return a label as it is, short enough: a dollar sign would begin a formula of matplotlib."""
    short = label if len(label) <= longest else f"{label[: longest - 1]}…"
    return short.replace("$", r"\$")


def _short(at: str, bucket: str) -> str:
    return {"hour": at[5:13].replace("T", "\n") + "h", "day": at[5:], "month": at}[bucket]


def _rounded(amount: int) -> str:
    """Return dollars to the cent, cut off: the exact amount is in the table."""
    whole, _, part = format_usd(amount).partition(".")
    return f"{int(whole):,}.{part:0<2.2}"
