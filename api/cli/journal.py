"""`tally journal`: an org's journal for Beancount, hledger or a spreadsheet."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Opening, endpoints
from api.queries.bookkeeping.journal import check_range, parse_bound
from api.queries.bookkeeping.journal import journal as pieces_of
from api.queries.reader import Reader, query_pool
from api.settings import Settings
from ledger.bookkeeping.export import Export
from ledger.bookkeeping.formats import STYLES, Format
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import check_org


def journal(
    org: Annotated[str, typer.Option(help="Whose journal.")],
    format: Annotated[Format, typer.Option(help="For which program.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="First recorded time or sequence, included.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Recorded time or sequence to end before.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write this file; else standard output.", dir_okay=False)
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Write the double entry of an org's events, with balances asserted at every month's end."""
    try:
        since, until = parse_bound(from_, "from"), parse_bound(to, "to")
        check_range(since, until)
        now_us = time.time_ns() // 1_000
        export = Export(check_org(org, "org"), STYLES[format], since, until, now_us)
    except Invalid as error:
        raise typer.BadParameter(error.detail, param_hint=f"--{error.field}") from error
    with (
        refusals("No journal was written: "),
        endpoints(Settings.from_environment(data), Opening.READ) as ends,
        _written(out) as file,
    ):
        asyncio.run(_write(ends.database.query, org, export, file))


async def _write(database_url: str, org: str, export: Export, file: TextIO) -> None:
    async with query_pool(database_url, size=2) as pool:
        reader = Reader(pool)
        if await reader.row(org, "head", {"org": org}) is None:
            raise NotFound(f"there is no org {org}.")
        async for piece in pieces_of(reader, org, export):
            file.write(piece)


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    """Give the file to write, which appears when it is whole. Line ends are the format's."""
    if out is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        sys.stdout.flush()
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
