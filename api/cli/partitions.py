"""`tally partitions`: what the events take, and archiving the oldest of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.archiving import archiving
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Archives, Opening, Partition, Partitions, clock_us, owned_database
from api.settings import Settings
from ledger.kernel.times import DAY_US, format_time, parse_time

YEAR_DAYS = 366
"""The longest year: what must be kept is never archived a day early."""

app = typer.Typer(no_args_is_help=True, help="Partitions of the events.")


@app.callback()
def partitions() -> None:
    """Partitions of the events."""


@app.command("list")
def list_partitions(data: DataOption = DATA_DEFAULT) -> None:
    """List the partitions: their positions, rows, size, times, and what is archived."""
    with (
        refusals(),
        owned_database(Settings.from_environment(data), Opening.READ) as logins,
        Partitions(logins) as store,
    ):
        found, last = store.every(), store.last_positions()
    table = Table("partition", "positions", "rows", "size", "first", "last", "state", "archive")
    for column in table.columns[2:4]:
        column.justify = "right"
    for column in table.columns:
        column.overflow = "fold"
    for each in found:
        table.add_row(*_cells(each, last[each.shard]))
    Console().print(table)


@app.command("archive")
def archive(
    before: Annotated[
        str,
        typer.Option(help="A time (2026-02-01T00:00:00Z) or a position: what is before it."),
    ],
    to: Annotated[str, typer.Option(help="Folder or URL (s3://, gs://, az://) to write to.")],
    drop: Annotated[
        bool, typer.Option("--drop", help="Drop the tables, compared once more, from the disk.")
    ] = False,
    min_age: Annotated[
        int | None,
        typer.Option(hidden=True, min=0, help="Days instead of the years of the retention."),
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Write the oldest partitions to files, compare them, and take them out of the table."""
    console = Console()
    with refusals():
        settings = Settings.from_environment(data)
        days = settings.retention_years * YEAR_DAYS if min_age is None else min_age
        position = int(before) if before.isascii() and before.isdigit() else None
        time_us = parse_time(before, "--before") if position is None else None
        with (
            owned_database(settings, Opening.WRITE) as logins,
            Partitions(logins) as store,
            store.exclusively(),
        ):
            archives = Archives(to, make=True)
            oldest_us = clock_us() - days * DAY_US
            chosen = archiving.due(store, position=position, time_us=time_us, oldest_us=oldest_us)
            for each in chosen:
                manifest = archiving.archive(store, archives, each, clock_us())
                sentence = f"{each.name}: {manifest.events:,} events are in {manifest.file}"
                console.print(Text(f"{sentence}, {manifest.kept:,} stay in the table too."))
            dropped = list(_dropped(store, archives)) if drop else []
            for each in dropped:
                console.print(Text(f"{each.detached} was compared again and is dropped."))
    if not chosen and not dropped:
        console.print("No whole partition is before that: nothing was archived.")


def _dropped(store: Partitions, archives: Archives) -> Iterator[Partition]:
    for each in store.every():
        if each.detached_bytes is not None:
            archiving.drop(store, archives, each)
            yield each


def _cells(each: Partition, last: int) -> list[str]:
    times = [
        "" if time is None else format_time(time)[:19] for time in (each.first_us, each.last_us)
    ]
    size = f"{(each.bytes + (each.detached_bytes or 0)) / 1e6:,.1f} MB"
    positions = f"{max(each.first, 1):,} to {each.past - 1:,}"
    archived = each.archive.file if each.archive else ""
    return [each.name, positions, f"{each.rows:,}", size, *times, _state(each, last), archived]


def _state(each: Partition, last: int) -> str:
    if each.archive is not None:
        beside = "" if each.detached_bytes is None else f", {each.detached} detached"
        return f"archived, {each.archive.events:,} events{beside}"
    if each.first > last:
        return "ahead"
    return "full" if each.past <= last + 1 else "current"
