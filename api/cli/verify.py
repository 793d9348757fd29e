"""`tally verify`: everything stored is what the events say, or which row is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from adapters.archive import Archives
from api.audit.verification import OnProgress
from api.audit.verification import verify as verify_store
from api.cli.options import DATA_DEFAULT, DataOption
from api.container import endpoints
from api.settings import Settings
from ledger.audit.inspection import Check, Report
from ledger.kernel.errors import LedgerError

HEADS_SHOWN = 20


def verify(
    data: DataOption = DATA_DEFAULT,
    archive: Annotated[
        str | None,
        typer.Option("--archive", help="Folder or URL of the archives of old events."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Recompute everything from the stored events; 0: right, 1: wrong, 2: not all was checked."""
    try:
        archives = None if archive is None else Archives(archive)
        with endpoints(Settings.from_environment(data)) as ends, _progress() as on_progress:
            report = verify_store(ends, on_progress, archives)
    except LedgerError as error:
        Console(stderr=True).print(Text(f"Nothing was verified: {error.detail}"), style="red")
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=1))
    else:
        print_report(report, Console())
    raise typer.Exit(report.exit_code)


def print_report(report: Report, console: Console) -> None:
    """The checks as a table, the heads they lead to, and one sentence."""
    table = Table("kind", "checked", "wrong", "first wrong, or why it could not be checked")
    for column in table.columns[1:3]:
        column.justify = "right"
    table.columns[3].overflow = "fold"
    for check in report.checks.values():
        table.add_row(check.kind, f"{check.checked:,}", _wrong(check), _first(check))
    console.print(table)
    for head in report.heads[:HEADS_SHOWN]:
        sign = "✓" if head.as_recorded else "✗"
        console.print(Text(f"{sign} {head.org} up to {head.sequence:,}  {head.hash[:16]}…"))
    if len(report.heads) > HEADS_SHOWN:
        console.print(f"and {len(report.heads) - HEADS_SHOWN:,} more orgs (--json lists them)")
    console.print(Text(_sentence(report)), style="green" if report.exit_code == 0 else "red")


def _wrong(check: Check) -> Text:
    if check.wrong:
        return Text(f"{check.wrong:,}", style="red")
    return Text("?", style="yellow") if check.unchecked else Text("0", style="green")


def _first(check: Check) -> Text:
    parts = [str(check.first)] if check.first else []
    if check.unchecked:
        parts.append(f"{check.unchecked:,} could not be checked: {check.reason}")
    return Text("\n".join(parts))


def _sentence(report: Report) -> str:
    rate = report.events / report.seconds if report.seconds else 0.0
    lines = report.lines / report.seconds if report.seconds else 0.0
    done = (
        f"{report.events:,} events, {report.lines:,} transactions in {report.seconds:.1f} s "
        f"({rate:,.0f} events/s, {lines:,.0f} transactions/s)"
    )
    if report.wrong:
        return f"WRONG: {report.wrong:,} findings. {done}."
    if report.unchecked:
        return f"NOT ALL CHECKED: {report.unchecked:,} could not be. {done}."
    return f"All is as the events say: {done}."


@contextmanager
def _progress() -> Iterator[OnProgress | None]:
    """A bar on standard error, when that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("verify", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
