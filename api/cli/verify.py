"""`tally verify`: everything stored is what the events say, or which row is wrong."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import (
    Archives,
    Opening,
    SigningKeys,
    blobs,
    endpoints,
    signing_keys,
    verified_state_file,
)
from api.settings import Settings
from api.verification.inspector import OnProgress
from api.verification.options import Options
from api.verification.plan import Only
from api.verification.verified_state import KeptState
from api.verification.verify import verify as verify_store
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.report import Check, Report
from ledger.kernel.times import parse_time
from ledger.proof.note import VerifierKey
from ledger.proof.witnesses import can_be_listed

HEADS_SHOWN = 20

LAST = "last"
"""What `--since` is given to go on where the last run ended."""

TOLD_EVERY_S = 10.0
"""Seconds between two lines about the progress, where no bar can be shown."""


def verify(
    data: DataOption = DATA_DEFAULT,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            help="A folder or URL of a witness: file, s3, gs, az … Repeat for several. "
            "Default: those of TALLY_WITNESSES that can be listed."
        ),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(help="A file with one signed checkpoint that you kept. Repeat for several."),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="File of verifier keys, one a line. "
            "Default: TALLY_VERIFIER_KEYS_FILE, or verifier-keys in the data folder."
        ),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(
            help="Folder or URL of the archives of old events. With archives everything is "
            "verified: without --org and --since, but --since last."
        ),
    ] = None,
    org: Annotated[str | None, typer.Option(help="Only this org.")] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Begin at the newest signed checkpoint at or before this time "
            "(2026-02-01T12:00:00Z) or, with --org, this sequence. That checkpoint is trusted; "
            "what needs the whole history is listed as not asked for. "
            "last: go on where the last clean run over everything ended, by the state that it left "
            "signed beside the keys; events before are not looked at again."
        ),
    ] = None,
    only: Annotated[
        Only,
        typer.Option(
            help="chain: hashes, links, gaps, forks and heads. "
            "seals: those and all checkpoints and tiles. all: also what the events mean."
        ),
    ] = Only.ALL,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="Processes, each with a part of the work.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Recompute everything from the stored events, and say which row is wrong.

    Checks content, links, gaps, forks, heads; stored tiles and checkpoints; what witnesses were
    told; keys, balances, double entry, prices, texts, erasures; archives; the access logs; the
    documents of invoices; the read models in PostgreSQL and ClickHouse.

    Exit code 0: all that was asked for was checked and is right. 1: something is wrong. 2: nothing
    is wrong, but not all could be checked (no verifier keys, a witness or ClickHouse that does not
    answer, an event of a newer version …), or nothing could be done at all. What your own options
    left out is listed and is no failure.
    """
    with refusals("Nothing was verified: "):
        settings = Settings.from_environment(data)
        is_last = since == LAST
        if is_last and (org is not None or jobs > 1 or only is not Only.ALL):
            raise Invalid("with --since last leave out --org, --jobs and --only.", field="--since")
        since = None if is_last else since
        verifiers = named_keys(settings, keys)
        options = Options(
            org=org,
            since_sequence=_sequence(since, org),
            since_us=None if since is None or since.isdecimal() else parse_time(since, "--since"),
            since_last=is_last,
            kept_state=_kept_state(settings, verifiers),
            only=only,
            jobs=jobs,
            ledger=settings.name,
            keys=verifiers,
            witnesses=tuple(witness) if witness else listed(settings),
            archives=None if archive is None else Archives(archive),
            blobs=blobs(settings),
            notes=tuple((path.name, _read(path)) for path in checkpoint or ()),
        )
        with endpoints(settings, Opening.READ) as ends, verification_progress() as on_progress:
            report = verify_store(ends, on_progress, options)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=1))
    else:
        print_report(report, Console())
    raise typer.Exit(report.exit_code)


def _sequence(since: str | None, org: str | None) -> int | None:
    if since is None or not since.isdecimal():
        return None
    if org is None:
        raise Invalid("a sequence is one org's: give --org with --since.", field="--since")
    return int(since)


def named_keys(settings: Settings, given: Path | None) -> tuple[VerifierKey, ...]:
    """Return the keys of a file that was named, or those of this ledger; none is no error by
    itself."""
    if given is not None and not given.is_file():
        raise NotFound(f"there is no file {given} of verifier keys.")
    if given is not None:
        return SigningKeys(settings.name, Path(os.devnull), given).ring().verifiers
    return signing_keys(settings).ring().verifiers


def _kept_state(settings: Settings, verifiers: tuple[VerifierKey, ...]) -> KeptState:
    signers = signing_keys(settings).ring().signers
    return KeptState(verified_state_file(settings), settings.name, signers, verifiers)


def listed(settings: Settings) -> tuple[str, ...]:
    """Return the witnesses of the settings that can be read."""
    return tuple(url for url in settings.witnesses if can_be_listed(url))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.") from error


def print_report(report: Report, console: Console) -> None:
    """Print the checks as a table, the heads they lead to, and one sentence."""
    print_checks(report, console)
    for head in report.heads[:HEADS_SHOWN]:
        sign = "✓" if head.as_recorded else "✗"
        sealed = f"  signed up to {head.sealed:,}" if head.sealed else ""
        console.print(Text(f"{sign} {head.org} up to {head.sequence:,}  {head.hash[:16]}…{sealed}"))
    if len(report.heads) > HEADS_SHOWN:
        console.print(f"and {len(report.heads) - HEADS_SHOWN:,} more orgs (--json lists them)")
    if report.trusted:
        console.print(Text(f"Taken as it was: {report.trusted}"), style="yellow")
    if report.state:
        console.print(Text(f"Next time: {report.state}"))
    console.print(Text(_sentence(report)), style="green" if report.exit_code == 0 else "red")


def print_checks(report: Report, console: Console) -> None:
    """Print the checks as a table."""
    table = Table("kind", "checked", "wrong", "first wrong, or why it could not be checked")
    for column in table.columns[1:3]:
        column.justify = "right"
    table.columns[3].overflow = "fold"
    for check in report.checks.values():
        table.add_row(check.kind, f"{check.checked:,}", _wrong(check), _first(check))
    console.print(table)


def _wrong(check: Check) -> Text:
    if check.wrong:
        return Text(f"{check.wrong:,}", style="red")
    if check.unchecked:
        return Text("?", style="yellow")
    return Text("-") if check.skipped else Text("0", style="green")


def _first(check: Check) -> Text:
    parts = [str(check.first)] if check.first else []
    if check.unchecked:
        parts.append(f"{check.unchecked:,} could not be checked: {check.reason}")
    if check.left_out:
        parts.append(check.left_out)
    if check.skipped and not parts:
        parts.append(f"not asked for: {check.skipped}")
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
    skipped = sum(check.skipped is not None for check in report.checks.values())
    left_out = f" {skipped} kinds were not asked for." if skipped else ""
    return f"All is as the events say: {done}.{left_out}"


@contextmanager
def verification_progress(
    verb: str = "verify", unit: str = "events"
) -> Iterator[OnProgress | None]:
    """Give a bar on standard error, when that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield ProgressLines(console, verb=verb, unit=unit)
        return
    columns = (TextColumn(verb), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(verb, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


class ProgressLines:
    """Says now and then, in a line, how far it is and how long the rest will take."""

    def __init__(
        self,
        console: Console,
        clock: Callable[[], float] = time.monotonic,
        verb: str = "verify",
        unit: str = "events",
    ) -> None:
        self._console = console
        self._verb, self._unit = verb, unit
        self._clock = clock
        self._started = self._told = clock()

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now - self._told < TOLD_EVERY_S or not done:
            return
        self._told = now
        left_s = (now - self._started) * (total - done) / done
        far = f"{done:,} of {total:,} {self._unit}, about {left_s:,.0f} s left"
        self._console.print(f"{self._verb}: {far}")
