"""`tally project`: keep the read models up to date, and publish the feed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Container
from typing import Annotated

import typer
from rich.console import Console

from api.alarms import counted_alarms
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import AlarmTable, Endpoints, Opening, endpoints, projections
from api.garbage_collection import rare_collections
from api.logs import log_to_stderr
from api.settings import Settings
from projections.engine import End, Runner
from projections.feed import FEED
from projections.followers import FOLLOWERS

_LOOK_S = 0.2
"""How often we look whether our parent lives."""

_ENDING_S = 10.0
"""How long the runners may take to finish their page."""


def project(
    data: DataOption = DATA_DEFAULT,
    once: Annotated[bool, typer.Option("--once", help="Stop when caught up.")] = False,
    parent: Annotated[
        int | None, typer.Option("--parent", help="Stop when this process, our parent, is gone.")
    ] = None,
) -> None:
    """Keep the read models up to date, and publish what happens, until stopped."""
    with (
        refusals(),
        rare_collections(),
        endpoints(Settings.from_environment(data), Opening.WRITE) as ends,
    ):
        if once:
            catch_up(ends)
        else:
            with counted_alarms(AlarmTable(ends.database.writer)):
                _follow(ends, parent)


def catch_up(ends: Endpoints, names: Container[str] = (*FOLLOWERS, FEED)) -> None:
    """Apply everything there is to followers that no other process keeps."""
    for projection in projections(ends, linger_s=0):
        if projection.name not in names:
            continue
        active = Runner(projection, threading.Event()).catch_up()
        what = "is up to date" if active else "is kept by another process"
        Console(stderr=True).print(f"{projection.name} {what}.")


def _follow(ends: Endpoints, parent: int | None) -> None:
    log_to_stderr()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [_start(each, stop) for each in projections(ends)]
    while not stop.wait(_LOOK_S):
        if parent is not None and os.getppid() != parent:
            stop.set()
    for thread in threads:
        thread.join(_ENDING_S)


def _start(projection: End, stop: threading.Event) -> threading.Thread:
    """Daemon threads: one that hangs in a dead network does not keep the process alive."""
    runner = Runner(projection, stop)
    thread = threading.Thread(target=runner.run, name=projection.name, daemon=True)
    thread.start()
    return thread
