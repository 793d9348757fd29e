"""`tally backup`: every row of the database at one moment, in one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from api.backup.backup import Made, OnBytes, back_up
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Opening, owned_database
from api.settings import Settings
from ledger.kernel.times import format_time


def backup(
    out: Annotated[Path, typer.Argument(help="The file to make.")],
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Back up the database to a file, also while the service writes; `tally restore` reads it.

    Private keys that sign checkpoints are not in it: keep those elsewhere.
    """
    with refusals("Nothing was backed up: "):
        if out.exists():
            raise FileExistsError(f"{out} exists: name something new.")
        settings = Settings.from_environment(data)
        with (
            owned_database(settings, Opening.READ) as logins,
            bytes_progress("backing up") as on_bytes,
        ):
            made = back_up(settings, logins.owner, out, on_bytes)
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(made, out):
        console.print(Text(line))


def _lines(made: Made, out: Path) -> Iterator[str]:
    saved = made.manifest.saved
    yield (
        f"{saved.events:,} events of {saved.orgs:,} orgs, all that was acknowledged before "
        f"{format_time(saved.made_us)}, are in {out} ({made.size:,} bytes)."
    )
    yield f"SHA-256 {made.sha256}"
    if saved.archives:
        yield f"Not in it are {len(saved.archives):,} archives of old events: keep them as well."
    yield "Not in it are the keys that sign checkpoints: keep them elsewhere, as a secret."


@contextmanager
def bytes_progress(what: str) -> Iterator[OnBytes]:
    """Give a bar on standard error, when that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
