"""`tally restore`: an empty place becomes the ledger that was backed up, and is verified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from api.backup.restore import Restored, opened, restore_from
from api.cli.backup import bytes_progress
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.verify import listed, named_keys, print_report, verification_progress
from api.settings import Settings
from ledger.kernel.times import format_time

BEHIND = 3
"""The exit code of a restore after which a witness has what the ledger has not."""

LOST_SHOWN = 20


def restore(
    file: Annotated[Path, typer.Argument(help="What `tally backup` has made.")],
    data: DataOption = DATA_DEFAULT,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            help="A folder or URL of a witness to compare with. Repeat for several. "
            "Default: those of TALLY_WITNESSES that can be listed."
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="File of verifier keys to verify with, one a line, from elsewhere than the "
            "backup. Default: those kept here, or else those in the backup."
        ),
    ] = None,
) -> None:
    """Restore a backup into an empty folder or database, and verify every row of it.

    Exit code 0: restored, and right. 1: something is wrong: do not serve it. 2: nothing was
    restored, or not all could be checked. 3: it is right as far as it goes, and a witness has
    signed checkpoints of events that came after it: they are lost with this backup.
    """
    with refusals("Not restored: "):
        settings = Settings.from_environment(data)
        with opened(file, settings) as (backup, manifest), bytes_progress("restoring") as on_bytes:
            given = named_keys(settings, keys) if keys is not None else ()
            urls = tuple(witness) if witness else listed(settings)
            with verification_progress() as on_progress:
                restored = restore_from(
                    backup, manifest, settings, given, urls, on_bytes, on_progress
                )
    report, console = restored.report, Console(highlight=False, soft_wrap=True)
    print_report(report, Console())
    for line in _lines(restored):
        console.print(Text(line))
    lost = list(_lost(restored))
    for line in lost:
        console.print(Text(line), style="red")
    raise typer.Exit(report.exit_code or (BEHIND if lost else 0))


def _lines(restored: Restored) -> Iterator[str]:
    saved = restored.manifest.saved
    if restored.report.wrong:
        yield "WRONG: what the backup holds is not what was signed. Do not serve it."
        return
    yield (
        f"Restored: {saved.events:,} events of {saved.orgs:,} orgs, as they were at "
        f"{format_time(saved.made_us)}."
    )
    if restored.are_keys_of_the_backup:
        yield (
            "It was verified with the keys in the backup itself, which whoever changes a backup "
            "can change too: give yours with --keys."
        )
    if saved.archives:
        yield (
            f"{len(saved.archives):,} archives of old events are not part of the backup: give them "
            "to `tally verify --archive`. ClickHouse is not made again, as it cannot be from them."
        )


def _lost(restored: Restored) -> Iterator[str]:
    lost, report = restored.report.lost, restored.report
    if not lost:
        return
    ends = {head.org: head.sequence for head in report.heads}
    yield (
        f"BEHIND: a witness has signed checkpoints beyond this backup, of {len(lost):,} orgs. What "
        "was acknowledged since is lost, unless a newer backup or the server's own log has it."
    )
    for org, each in list(lost.items())[:LOST_SHOWN]:
        end = ends.get(org, 0)
        if each.until > end:
            yield (
                f"  {org}: sequences {end + 1:,} to {each.until:,}, recorded until "
                f"{format_time(each.recorded_us)} ({each.holder})"
            )
        else:
            yield f"  {org}: its access log, signed up to {each.access_until:,} ({each.holder})"
    if len(lost) > LOST_SHOWN:
        yield f"  and {len(lost) - LOST_SHOWN:,} more orgs"
