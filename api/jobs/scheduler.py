"""The scheduler: procrastinate's periodic jobs over our commands.

A job holds no truth: it looks for what is to be done now, and each thing is recorded once whoever
does it. So a job that is killed is not repeated, the next one does its work; two at once, in two
processes, do no harm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event

from procrastinate import App
from procrastinate.connector import BaseAsyncConnector
from procrastinate.jobs import Status

TICK = "* * * * * */5"
"""When we look, as cron with seconds last: every five seconds."""

CLEAN = "*/10 * * * *"
STALLED_S = 60
"""A job of a worker that was not heard of for so long is dead."""

LOOK_S = 0.2
"""How often we look whether to stop."""

QUEUE = "tally"
_log = logging.getLogger(__name__)

Work = Callable[[Event], object]
"""Looks for what is to be done and does it, until done or told to stop."""


def scheduler_app(connector: BaseAsyncConnector, work: Work, stop: Event) -> App:
    """The job library's application, with our periodic tasks."""
    app = App(connector=connector)

    # One waits at most, however long the one before takes.
    @app.periodic(cron=TICK)
    @app.task(name="tick", queue=QUEUE, queueing_lock="tick")
    def tick(timestamp: int) -> None:
        try:
            work(stop)
        except Exception:
            _log.exception("what is due could not be recorded; trying again in seconds")
            raise

    @app.periodic(cron=CLEAN)
    @app.task(name="clean", queue=QUEUE, queueing_lock="clean")
    async def clean(timestamp: int) -> None:
        """Forget jobs that died with their worker, and those that failed long ago."""
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S)
        for job in stalled:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        await app.job_manager.delete_old_jobs(nb_hours=24, include_failed=True)

    return app


async def run_scheduler(app: App, stop: Event, lives: Callable[[], bool]) -> None:
    """Work until told to stop, or until we have no reason to live; a job under way ends first."""
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=1,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=5.0,
                stalled_worker_timeout=STALLED_S,
            )
        )
        while not worker.done() and not stop.is_set() and lives():
            await asyncio.wait([worker], timeout=LOOK_S)
        stop.set()
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
