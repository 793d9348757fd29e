"""`tally export`: the evidence of a range of an org's events, for a stranger to verify."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.sealed import OrgOption
from api.container import Opening, endpoints, signing_keys
from api.export.archive import ARCHIVE, ArchiveFile, Folder
from api.export.bundle import Bundle, OnProgress
from api.export.selection import Bound, Selection, parse_bound, select
from api.queries.reader import Reader, query_pool
from api.settings import Settings
from ledger.proof.key_ring import KeyRing
from ledger.proof.sealing import NotAnExtension


def export(
    out: Annotated[Path, typer.Argument(help="A folder to make, or a file named .tar.gz.")],
    org: OrgOption,
    from_: Annotated[
        str | None, typer.Option("--from", help="First sequence, or a time or day (included).")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Last sequence (included), or a time or day (excluded).")
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Write a bundle that anybody can verify offline; 1: what is stored is wrong, 2: refused."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    with refusals("Nothing was exported: "):
        try:
            _write(out, org, (parse_bound(from_, "--from"), parse_bound(to, "--to")), data, console)
        except NotAnExtension as error:
            console.print(Text(f"Nothing was exported: {error.detail}"), style="red")
            raise typer.Exit(1) from None


def _write(out: Path, org: str, bounds: tuple[Bound, Bound], data: Path, console: Console) -> None:
    if out.exists():
        raise FileExistsError(f"{out} exists: name something new.")
    settings = Settings.from_environment(data)
    ring = signing_keys(settings).ring()
    keys = ring.verifiers
    with endpoints(settings, Opening.READ) as ends, _unfinished(out) as place:
        url = ends.database.query
        chosen = asyncio.run(_export(url, org, bounds, place, settings.name, ring, console))
    count = chosen.last - chosen.first + 1
    console.print(
        Text(
            f"{count:,} events of {org} ({chosen.first:,} to {chosen.last:,}), proven by the "
            f"checkpoint of {chosen.checkpoint.size:,}, are in {out}."
        )
    )
    for key in keys:
        console.print(Text(f"Give the receiver, by another road, the verifier key {key}"))


async def _export(
    url: str,
    org: str,
    bounds: tuple[Bound, Bound],
    place: Path,
    ledger: str,
    ring: KeyRing,
    console: Console,
) -> Selection:
    async with query_pool(url, size=2) as pool:
        reader = Reader(pool)
        chosen = await select(reader, org, *bounds)
        with _progress(console, chosen.last - chosen.first + 1) as on_progress:
            keys, signers = ring.verifiers, ring.signers
            bundle = Bundle(reader, chosen, ledger, keys, on_progress, signers=signers)
            made_us = chosen.checkpoint.recorded_us
            is_archive = place.name.endswith(f"{ARCHIVE}.unfinished")
            into = ArchiveFile(place, bundle.name, made_us) if is_archive else Folder(place)
            async for file in bundle.files():
                into.add(file)
            into.end()
    return chosen


@contextmanager
def _unfinished(out: Path) -> Iterator[Path]:
    """Give where to write; it gets its name when it is whole, and nothing is left if it fails."""
    place = out.with_name(f"{out.name}.unfinished")
    try:
        yield place
        place.rename(out)
    finally:
        if place.is_dir():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)


@contextmanager
def _progress(console: Console, total: int) -> Iterator[OnProgress]:
    """Give a bar on standard error, when that is a terminal."""
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("export", total=total)
        yield lambda done: progress.update(task, completed=done)
