"""`tally seal`: keep each org's Merkle tree, sign checkpoints, take them to the witnesses."""

from __future__ import annotations

import os
import signal
import threading
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from api.alarms import counted_alarms
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import AlarmTable, Opening, database
from api.garbage_collection import rare_collections
from api.logs import log_to_stderr
from api.sealing.process import Sealing
from api.settings import Settings

STARTED = "Sealing until stopped."
_LOOK_S = 0.2
"""How often we look whether our parent lives."""


def seal(
    data: DataOption = DATA_DEFAULT,
    once: Annotated[
        bool, typer.Option("--once", help="Seal and deliver what there is, then stop.")
    ] = False,
    parent: Annotated[
        int | None, typer.Option("--parent", help="Stop when this process, our parent, is gone.")
    ] = None,
) -> None:
    """Sign checkpoints of every org that changes, and take them to the witnesses, until stopped."""
    log_to_stderr()
    stop = threading.Event()
    console = Console(stderr=True, soft_wrap=True)
    with refusals(), rare_collections():
        settings = Settings.from_environment(data)
        with (
            database(settings, Opening.WRITE) as logins,
            counted_alarms(AlarmTable(logins.writer)),
        ):
            sealing = Sealing(settings, logins, stop)
            if once:
                _once(sealing, console)
            else:
                _run(sealing, stop, parent, console)


def _once(sealing: Sealing, console: Console) -> None:
    if not sealing.once():
        console.print("Another process seals.")
    elif sealing.refused:
        console.print(Text(f"Not sealed any further: {', '.join(sealing.refused)}."), style="red")
        raise typer.Exit(1)
    else:
        console.print("Everything is sealed.")


def _run(sealing: Sealing, stop: threading.Event, parent: int | None, console: Console) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Said when a signal stops us gracefully: whoever starts us can wait for it.
    console.print(STARTED)
    sealing.start()
    while not stop.wait(_LOOK_S):
        if parent is not None and os.getppid() != parent:
            stop.set()
    sealing.join()
