"""`tally compare`: every copy of the ledger is what the events say, or which row is not; mended, if
you ask for it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.verify import print_checks, verification_progress
from api.comparison.compare import compare_copies, repair_copies
from api.comparison.comparison import DAYS_SHOWN, Compared
from api.container import Opening, endpoints, owned_database
from api.garbage_collection import rare_collections
from api.settings import Settings


def compare(
    data: DataOption = DATA_DEFAULT,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Write anew what is wrong, then compare once more."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compare every copy with the events: read models row by row, in PostgreSQL and ClickHouse,
    and the feed's stream on NATS message by message.

    Names the first difference of each, and counts rows and amounts by org and day where something
    differs. Exit code 0: all is equal. 1: something differs. 2: nothing differs, but not all could
    be compared (ClickHouse does not answer, a read model is behind …), or nothing was compared.
    With --repair what is found is written anew while everything goes on, and compared once more.
    """
    with refusals("Nothing was compared: "), rare_collections():
        settings = Settings.from_environment(data)
        with (
            endpoints(settings, Opening.WRITE) as ends,
            owned_database(settings, Opening.READ) as logins,
            verification_progress("compare") as on_progress,
        ):
            if repair:
                found = repair_copies(ends, logins, on_progress)
            else:
                found = compare_copies(ends, on_progress)
    if as_json:
        typer.echo(json.dumps(_as_json(found), indent=2))
    else:
        _print(Console(), found)
    raise typer.Exit(found.report.exit_code)


def _print(console: Console, found: Compared) -> None:
    """Print what was found of each copy, the days on which something differs, and a sentence."""
    print_checks(found.report, console)
    if found.days:
        console.print(_days(found))
    more = len(found.days) - DAYS_SHOWN
    if more > 0:
        console.print(f"and {more:,} more days (--json lists them)")
    if found.mended:
        console.print(f"Mended: {found.mended:,} rows.")
    console.print(Text(_sentence(found)), style="green" if not found.report.exit_code else "red")


def _days(found: Compared) -> Table:
    table = Table("copy", "org", "day", "rows", "the events say", "sum", "the events say")
    for column in table.columns[3:]:
        column.justify = "right"
    for day, each in list(found.days.items())[:DAYS_SHOWN]:
        counts = (each.stored, each.right, each.stored_sum, each.right_sum)
        table.add_row(*map(Text, day), *(f"{count:,}" for count in counts))
    return table


def _sentence(found: Compared) -> str:
    report = found.report
    if report.wrong:
        return f"WRONG: {report.wrong:,} rows differ. --repair writes them anew."
    if report.unchecked:
        return f"NOT ALL COMPARED: {report.unchecked:,} could not be."
    return (
        f"Every copy is as the events say: {sum(c.checked for c in report.checks.values()):,} rows."
    )


def _as_json(found: Compared) -> dict[str, Any]:
    days = [day._asdict() | asdict(each) for day, each in found.days.items()]
    return found.report.as_dict() | {"days": days, "mended": found.mended}
