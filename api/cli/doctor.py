"""`tally doctor`: whether this machine and configuration are fit for money, and what to do."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import bare_endpoints, is_here
from api.doctor.bus import examine_bus
from api.doctor.check import Check, Verdict, right, wrong
from api.doctor.database import examine_clickhouse, examine_database
from api.doctor.documents import examine_blobs, examine_mail
from api.doctor.keys import examine_keys, examine_witnesses
from api.doctor.machine import examine_machine
from api.settings import SettingRefused, Settings
from ledger.kernel.errors import LedgerError
from projections.feed import FEED
from projections.followers import FOLLOWERS

_STYLES = {Verdict.RIGHT: "green", Verdict.LOOK: "yellow", Verdict.WRONG: "red"}


def doctor(
    data: DataOption = DATA_DEFAULT,
    host: Annotated[str, typer.Option(help="Address that the service is to listen on.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Its port.")] = 8080,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at this machine and configuration, and say what to do. Nothing is changed.

    Exit code 0: it can serve; what has the word look beside it would be better otherwise. 1:
    something is wrong. 2: the settings cannot be read.
    """
    try:
        settings = Settings.from_environment(data)
    except SettingRefused as error:
        checks = [wrong("settings", str(error), "Mend this one first: nothing else was looked at.")]
        _print(checks, as_json)
        raise typer.Exit(2) from None
    with refusals(), _silence():
        checks = list(_checks(settings, host, port))
    _print(checks, as_json)
    raise typer.Exit(any(check.verdict is Verdict.WRONG for check in checks))


def _checks(settings: Settings, host: str, port: int) -> Iterator[Check]:
    yield from examine_machine(settings.data, host, port)
    yield from examine_keys(settings)
    yield from examine_witnesses(settings)
    yield examine_blobs(settings)
    yield examine_mail(settings)
    if not is_here(settings):
        yield right("engines", f"none in {settings.data} yet: `tally serve` makes them")
        return
    try:
        with bare_endpoints(settings) as at:
            followers = FOLLOWERS if at.nats is None else (*FOLLOWERS, FEED)
            yield from examine_database(settings, at.database.owner_if_given, followers)
            yield examine_clickhouse(at.clickhouse_url)
            yield examine_bus(at.nats)
    except LedgerError as error:
        yield wrong("engines", error.detail.splitlines()[0], "See the logs in the data folder.")


@contextmanager
def _silence() -> Iterator[None]:
    """Have the log say nothing: what drivers say of a failure stands in the table."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def _print(checks: list[Check], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([check._asdict() for check in checks], indent=1))
        return
    table = Table("check", "", "found", "what to do")
    for column in table.columns:
        column.overflow = "fold"
    for check in checks:
        verdict = Text(check.verdict, style=_STYLES[check.verdict])
        table.add_row(Text(check.what), verdict, Text(check.found), Text(check.advice))
    Console().print(table)
