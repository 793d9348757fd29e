"""`tally revenue`: what was earned, what is deferred and what recurs, month by month."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Opening, endpoints
from api.http.periods import parse_range
from api.queries.bookkeeping.revenue import RevenueMonth
from api.queries.bookkeeping.revenue import revenue as months_of
from api.queries.reader import Reader, query_pool
from api.reports.picture import check_picture
from api.reports.revenue_plot import label_of, plot
from api.settings import Settings
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import check_org
from ledger.kernel.money import format_amount
from ledger.kernel.times import month_end, month_of


def revenue(
    org: Annotated[str, typer.Option(help="Of which org.")],
    period: Annotated[str, typer.Option(help="A year, a month, or two of them with .. between.")],
    currency: Annotated[str | None, typer.Option(help="Only of this one.")] = None,
    plot_file: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw it, too: a file that ends with .png or .svg."),
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Say what each month has earned, what is deferred, and what recurs: as the journal has it."""
    with refusals():
        check_org(org, "org")
        check_picture(plot_file)
        from_us, until_us = _months(period)
        with endpoints(Settings.from_environment(data), Opening.READ) as ends:
            found = asyncio.run(_ask(ends.database.query, org, from_us, until_us))
        found = [each for each in found if currency in (None, each.currency)]
        Console().print(table_of(org, period, found))
        if plot_file is not None:
            plot(org, found, plot_file)
            Console().print(f"The picture is in {plot_file}.")


def _months(period: str) -> tuple[int, int]:
    """Return when a time of whole months begins and ends, of which each is over."""
    from_us, until_us = parse_range(period)
    if any(month_end(us - 1) != us for us in (from_us, until_us)):
        raise Invalid("--period must be of whole months.", field="period")
    over_us, _ = parse_range(month_of(time.time_ns() // 1_000))
    if from_us >= over_us:
        raise Invalid("--period has no month that is over.", field="period")
    return from_us, min(until_us, over_us)


async def _ask(database_url: str, org: str, from_us: int, until_us: int) -> list[RevenueMonth]:
    async with query_pool(database_url, size=2) as pool:
        reader = Reader(pool)
        if await reader.row(org, "head", {"org": org}) is None:
            raise NotFound(f"there is no org {org}.")
        return await months_of(reader, org, from_us, until_us)


def table_of(org: str, period: str, months: Sequence[RevenueMonth]) -> Table:
    """Return months, one a row."""
    accounts = sorted({account for each in months for account in each.earned})
    table = Table(title=f"Revenue of {org}, {period}")
    for name in ("month", "currency"):
        table.add_column(name)
    for name in (*map(label_of, accounts), "revenue", "deferred", "MRR", "subscribers", "new"):
        table.add_column(name, justify="right")
    for name in ("more", "less", "churned", "churn"):
        table.add_column(name, justify="right")
    for each in months:
        recurs, money = each.recurring, partial(format_amount, asset=each.currency)
        begun = recurs.recurring - recurs.new - recurs.more + recurs.less + recurs.churned
        table.add_row(
            each.month,
            each.currency.upper(),
            *(money(each.earned[account]) for account in accounts),
            money(each.revenue),
            money(sum(each.deferred.values())),
            money(recurs.recurring),
            str(recurs.subscribers),
            money(recurs.new),
            money(recurs.more),
            money(recurs.less),
            money(recurs.churned),
            f"{1000 * recurs.churned // begun / 10} %" if begun else "",
        )
    return table
