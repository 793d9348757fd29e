"""`tally jobs`: record what time brings, without being asked."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Annotated

import typer
from rich.console import Console

from api.alarms import counted_alarms
from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.sealing import seal_written
from api.container import AlarmTable, DatabaseUrls, Opening, database, job_connector
from api.garbage_collection import rare_collections
from api.jobs.effect_calls import AT_ONCE, add_effects, call_once
from api.jobs.effect_process import EffectProcess
from api.jobs.scheduled_work import ScheduledWork
from api.jobs.scheduler import QUEUE, run_scheduler, scheduler_app
from api.logs import log_to_stderr
from api.settings import Settings

STARTED = "Recording what time brings, until stopped."


def jobs(
    data: DataOption = DATA_DEFAULT,
    once: Annotated[bool, typer.Option("--once", help="Do what is to be done, then stop.")] = False,
    parent: Annotated[
        int | None, typer.Option("--parent", help="Stop when this process, our parent, is gone.")
    ] = None,
) -> None:
    """Record expired lots and holds, grant monthly allowances, and post alerts, until stopped."""
    log_to_stderr()
    with (
        refusals(),
        rare_collections(),
        database(settings := Settings.from_environment(data), Opening.WRITE) as logins,
        counted_alarms(AlarmTable(logins.writer)),
    ):
        if once:
            _do_once(settings, logins)
            seal_written(settings, logins)
        else:
            _schedule(settings, logins, parent)


def _do_once(settings: Settings, logins: DatabaseUrls) -> None:
    stop = threading.Event()
    work = ScheduledWork(logins)
    try:
        done = work(stop)
    finally:
        work.close()
    Console(stderr=True).print(f"Something was recorded {done:,} times.")
    effects = EffectProcess(settings, logins, stop)
    try:
        effects.catch_up()
        app = scheduler_app(job_connector(logins.writer), work, stop)
        add_effects(app, effects.jobs)
        asyncio.run(effects.calling(call_once(app)))
    finally:
        effects.close()


def _schedule(settings: Settings, logins: DatabaseUrls, parent: int | None) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Said when a signal stops us gracefully: whoever starts us can wait for it.
    Console(stderr=True).print(STARTED)
    work = ScheduledWork(logins)
    app = scheduler_app(job_connector(logins.writer), work, stop)
    effects = EffectProcess(settings, logins, stop)
    queues = {QUEUE: 1, **AT_ONCE}
    add_effects(app, effects.jobs)

    def lives() -> bool:
        return parent is None or os.getppid() == parent

    try:
        with effects.following():
            asyncio.run(effects.calling(run_scheduler(app, stop, lives, queues)))
    finally:
        work.close()
