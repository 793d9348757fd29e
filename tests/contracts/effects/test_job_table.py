"""The table of jobs does not grow, no call is lost in it, and a fault in looking for what is to be
told is an alarm."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import psycopg
import pytest
from procrastinate import App

from adapters.memory.effects import MemoryCalls, MemoryEffectState
from adapters.postgres.connection import DatabaseUrls
from api.container import job_connector
from api.effects.effect import StateEffect
from api.jobs.effect_calls import EFFECTS, EffectJobs, add_effects
from api.jobs.scheduler import QUEUE, scheduler_app
from ledger.kernel.alarms import Alarm
from projections.ports import Call
from tests.contracts.stores import clock_us


class Faulty(StateEffect):
    """Looks, and meets a fault of ours."""

    name = "faulty"

    def look(self) -> Iterator[Call]:
        raise ZeroDivisionError

    async def call(self, call: Call) -> None:
        raise AssertionError(call)


def app_on(database: DatabaseUrls) -> App:
    """The application of a process whose only effect is faulty."""
    app = scheduler_app(job_connector(database.writer), print, threading.Event())
    calls = MemoryCalls(MemoryEffectState(clock_us))
    add_effects(app, EffectJobs([Faulty()], calls, clock_us, print))
    return app


def run(database: DatabaseUrls, task: str) -> None:
    """Do a periodic task once."""

    async def once() -> None:
        app = app_on(database)
        async with app.open_async():
            await app.tasks[task].func(timestamp=0)

    asyncio.run(once())


def test_jobs_that_failed_long_ago_are_forgotten_in_every_queue(
    fresh_database: DatabaseUrls,
) -> None:
    with psycopg.connect(fresh_database.owner, autocommit=True) as connection:
        connection.execute("SET search_path = tally_jobs")
        for queue in (QUEUE, EFFECTS):
            for hours in (0, 25):
                connection.execute(
                    """
                    WITH failed AS (
                        INSERT INTO procrastinate_jobs (queue_name, task_name, status)
                        VALUES (%s, 'revive', 'failed') RETURNING id
                    )
                    INSERT INTO procrastinate_events (job_id, type, at)
                    SELECT id, 'failed', now() - %s * interval '1 hour' FROM failed
                    """,
                    [queue, hours],
                )
        connection.execute(
            "DELETE FROM procrastinate_events WHERE type <> 'failed' "
            "OR (at > now() - interval '1 hour' AND job_id IN "
            "(SELECT job_id FROM procrastinate_events WHERE at < now() - interval '1 day'))"
        )
        run(fresh_database, "clean")
        left = connection.execute("SELECT queue_name FROM procrastinate_jobs ORDER BY id")
        assert left.fetchall() == [(QUEUE,), (EFFECTS,)]


def test_a_call_is_made_again_whose_living_worker_could_not_say_how_it_ended(
    fresh_database: DatabaseUrls,
) -> None:
    """Its connection was lost at that moment; one that began just now is left alone."""
    with psycopg.connect(fresh_database.owner, autocommit=True) as connection:
        connection.execute("SET search_path = tally_jobs")
        for minutes in (0, 11):
            connection.execute(
                """
                WITH worker AS (
                    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id
                ), job AS (
                    INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)
                    SELECT 'effects', 'call', 'doing', id FROM worker RETURNING id
                )
                INSERT INTO procrastinate_events (job_id, type, at)
                SELECT id, 'started', now() - %s * interval '1 minute' FROM job
                """,
                [minutes],
            )
        run(fresh_database, "revive")
        left = connection.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        assert left.fetchall() == [("doing",), ("todo",)]


def test_a_fault_in_looking_for_what_is_to_be_told_is_an_alarm(
    fresh_database: DatabaseUrls, caplog: pytest.LogCaptureFixture
) -> None:
    app_on(fresh_database).tasks["look"].func(timestamp=0)
    assert [getattr(each, "alarm", None) for each in caplog.records] == [Alarm.FAULT_OF_OURS]
