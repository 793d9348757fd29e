"""The scheduler: procrastinate's periodic jobs over our commands.

A job holds no truth: it looks for what is to be done now, and each thing is recorded once whoever
does it. So a job that is killed is not repeated, the next one does its work; two at once, in two
processes, do no harm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from threading import Event
from types import MappingProxyType

from procrastinate import App
from procrastinate.connector import BaseAsyncConnector
from procrastinate.jobs import Status

from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError

TICK = "* * * * * */5"
"""When we look, as cron with seconds last: every five seconds."""

CLEAN = "*/10 * * * *"
STALLED_S = 60
"""A job of a worker that was not heard of for so long is dead."""

HEARTBEAT_S = 5.0
ENDING_S = 8.0
"""How long a job under way may take when we are told to stop; it is done again then."""

LOOK_S = 0.2
"""How often we look whether to stop."""

QUEUE = "tally"
_log = logging.getLogger(__name__)

Work = Callable[[Event], object]
"""Looks for what is to be done and does it, until done or told to stop."""


def scheduler_app(connector: BaseAsyncConnector, work: Work, stop: Event) -> App:
    """Return the job library's application, with our periodic tasks."""
    app = App(connector=connector)

    # One waits at most, however long the one before takes.
    @app.periodic(cron=TICK)
    @app.task(name="tick", queue=QUEUE, queueing_lock="tick")
    def tick(timestamp: int) -> None:
        try:
            work(stop)
        except Exception as error:
            extra = None if isinstance(error, LedgerError) else Alarm.FAULT_OF_OURS.mark
            _log.exception(
                "what is due could not be recorded; trying again in seconds", extra=extra
            )
            raise

    @app.periodic(cron=CLEAN)
    @app.task(name="clean", queue=QUEUE, queueing_lock="clean")
    async def clean(timestamp: int) -> None:
        """Forget jobs that died with their worker, and those of any queue that failed long ago."""
        stalled = await app.job_manager.get_stalled_jobs(
            queue=QUEUE, seconds_since_heartbeat=STALLED_S
        )
        for job in stalled:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        await app.job_manager.delete_old_jobs(nb_hours=24, include_failed=True)

    return app


async def run_scheduler(
    app: App,
    stop: Event,
    lives: Callable[[], bool],
    queues: Mapping[str, int] = MappingProxyType({QUEUE: 1}),
) -> None:
    """Work until told to stop, or until we have no reason to live; a job under way ends first, if
    it does soon. `queues`: how many jobs of each are done at once."""
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=[queue],
                    concurrency=at_once,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                    shutdown_graceful_timeout=ENDING_S,
                )
            )
            for queue, at_once in queues.items()
        ]
        while not any(each.done() for each in workers) and not stop.is_set() and lives():
            await asyncio.wait(workers, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
