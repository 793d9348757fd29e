"""The work of the process that makes calls, done in a test until nothing is left that is due."""

from __future__ import annotations

import asyncio
import threading

import psycopg

from adapters.postgres.connection import DatabaseUrls
from api.container import job_connector
from api.jobs.effect_calls import add_effects, call_once
from api.jobs.effect_process import EffectProcess
from api.jobs.scheduler import scheduler_app
from api.settings import Settings


def make_calls(settings: Settings, database: DatabaseUrls) -> None:
    """Defer what there is to be called for, and make the calls that are due."""
    process = EffectProcess(settings, database, threading.Event())
    try:
        app = scheduler_app(job_connector(database.writer), lambda _: None, threading.Event())
        add_effects(app, process.jobs)
        process.catch_up()
        asyncio.run(process.calling(call_once(app)))
    finally:
        process.close()


def make_all_due(database: DatabaseUrls) -> None:
    """Have what is to be tried later be due now."""
    with psycopg.connect(database.owner, options="-c search_path=tally_jobs") as connection:
        connection.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")


def revive(database: DatabaseUrls) -> None:
    """Have the calls that a process had begun when it was killed be made again, now, and all that
    is to be tried later."""
    with psycopg.connect(database.owner, options="-c search_path=tally_jobs") as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'todo'"
            " WHERE status = 'doing' AND task_name = 'call'"
        )
    make_all_due(database)
