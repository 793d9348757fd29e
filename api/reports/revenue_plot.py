"""The revenue plot: what was earned month by month, what recurs, and what is deferred."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.queries.bookkeeping.revenue import RevenueMonth
from api.reports.picture import COLOURS, dress, picture, title
from ledger.kernel.errors import Invalid
from ledger.kernel.money import scale_of


def plot(org: str, months: Sequence[RevenueMonth], path: Path) -> None:
    """Draw months of one currency. Raises Invalid where there is nothing to draw, or several."""
    currencies = {each.currency for each in months}
    if len(currencies) != 1:
        raise Invalid(
            "there was no revenue in this period: there is nothing to draw."
            if not currencies
            else f"name one --currency to draw: {', '.join(sorted(currencies))}.",
            field="currency",
        )
    (currency,) = currencies
    with picture(path) as figure:
        title(figure, f"Revenue of {org}, {months[0].month} to {months[-1].month}")
        earned, deferred = figure.subplots(2, 1, sharex=True)
        unit = 10 ** scale_of(currency)
        _bars(earned, [each.earned for each in months], unit)
        recurring = [each.recurring.recurring / unit for each in months]
        earned.plot(range(len(months)), recurring, color="#333", marker="o", ms=3, label="MRR")
        earned.set_ylabel(f"{currency.upper()} a month")
        _bars(deferred, [each.deferred for each in months], unit)
        deferred.set_ylabel(f"{currency.upper()} deferred")
        every = -(-len(months) // 13)
        shown = range(0, len(months), every)
        deferred.set_xticks(list(shown), [_short(months[place].month) for place in shown])
        dress(earned)
        dress(deferred)


def _bars(axes: Any, months: Sequence[Any], unit: int) -> None:
    """Draw stacked bars: pixels need no exactness, so only here amounts become floats."""
    above, below = [0.0] * len(months), [0.0] * len(months)
    names = sorted({name for month in months for name in month})
    for number, name in enumerate(names):
        heights = [month.get(name, 0) / unit for month in months]
        bottoms = [
            up if height >= 0 else down
            for height, up, down in zip(heights, above, below, strict=True)
        ]
        axes.bar(
            range(len(months)),
            heights,
            0.82,
            bottoms,
            color=COLOURS[number % len(COLOURS)],
            label=label_of(name),
        )
        above = [each + max(0.0, height) for each, height in zip(above, heights, strict=True)]
        below = [each + min(0.0, height) for each, height in zip(below, heights, strict=True)]


def _short(month: str) -> str:
    """Return `2026-02` in two lines."""
    year, _, number = month.partition("-")
    return f"{number}\n{year}"


def label_of(account: str) -> str:
    """Return what an account is called in a report: `Income:Breakage:Purchases` is breakage."""
    parts = account.split(":")
    return "Breakage" if "Breakage" in parts else parts[-1]
