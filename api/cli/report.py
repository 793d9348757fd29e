"""`tally report`: usage as a table in the terminal, and as a picture for a mail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Opening, connect_clickhouse, endpoints
from api.http.periods import parse_range
from api.queries.credits.usage_report import BUCKETS, GROUPS, Period, Question, ask
from api.queries.reader import Row
from api.reports.picture import check_picture
from api.reports.usage_plot import Figures, plot
from api.settings import Settings
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_org
from ledger.kernel.money import CREDIT, format_amount, format_usd

app = typer.Typer(no_args_is_help=True, help="Reports for people.")

ROWS_MAX = 50_000


@app.callback()
def _reports() -> None:
    """Reports for people."""


@app.command()
def usage(
    org: Annotated[str, typer.Option(help="Of which org.")],
    period: Annotated[
        str, typer.Option(help="A year, a month, a day, or two of them with .. between.")
    ],
    by: Annotated[str, typer.Option(help=f"What is told apart: one of {', '.join(GROUPS)}.")] = (
        "model"
    ),
    granularity: Annotated[str, typer.Option(help=f"One of {', '.join(BUCKETS)}.")] = "daily",
    plot_file: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw it, too: a file that ends with .png or .svg."),
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Say what was spent in a period, by label: a table, and a picture over time."""
    with refusals():
        check_org(org, "org")
        question = _question(period, by, granularity)
        check_picture(plot_file)
        figures = Figures(org, period, by, BUCKETS[granularity], _ask(org, question, data))
        Console().print(_table(figures))
        if plot_file is not None:
            plot(figures, plot_file)
            Console().print(f"The picture is in {plot_file}.")


def _question(period: str, by: str, granularity: str) -> Question:
    if by not in GROUPS:
        raise Invalid(f"--by must be one of {', '.join(GROUPS)}.", field="by")
    if granularity not in BUCKETS:
        raise Invalid(f"--granularity must be one of {', '.join(BUCKETS)}.", field="granularity")
    return Question(Period(*parse_range(period)), (BUCKETS[granularity], by))


def _ask(org: str, question: Question, data: Path) -> list[Row]:
    with endpoints(Settings.from_environment(data), Opening.READ) as ends:
        client = connect_clickhouse(ends.clickhouse_url)
        try:
            rows = ask(lambda: client, org, question, [], ROWS_MAX + 1)
        finally:
            client.close()
    if len(rows) > ROWS_MAX:
        raise Invalid("the period has too many sums: ask for a shorter one.", field="period")
    return rows


def _table(figures: Figures) -> Table:
    """Return the sums by label, the largest first, and what they are together."""
    table = Table(title=f"Usage of {figures.org}, {figures.period}")
    table.add_column(figures.by)
    for name in ("lines", "input tokens", "output tokens", "credits", "USD", "share"):
        table.add_column(name, justify="right")
    whole = figures.total
    for label, sums in figures.by_label():
        share = f"{1000 * sums.amount // whole / 10 if whole else 0} %"
        table.add_row(
            label,
            f"{sums.lines:,}",
            f"{sums.input_tokens:,}",
            f"{sums.output_tokens:,}",
            format_amount(sums.amount, CREDIT),
            format_usd(sums.amount),
            share,
        )
    table.add_section()
    lines = sum(sums.lines for _, sums in figures.by_label())
    table.add_row(
        "together", f"{lines:,}", "", "", format_amount(whole, CREDIT), format_usd(whole), ""
    )
    return table
