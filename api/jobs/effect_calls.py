"""Effect calls: the jobs that call the outside, each until it is taken, refused for good, or too
old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from procrastinate import App, JobContext, sql
from procrastinate.jobs import Job, Status

from api.commands.command import Command
from api.effects.effect import Effect, OrgEffect, StateEffect
from api.jobs.effect_retry import FIRST_S, GIVE_UP_S, MAX_S, Again, EffectRetry, pause_s
from api.one_at_a_time import OneAtATime
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError, Refusal
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.ports import Clock
from projections.ports import Call, CallName, Calls

EFFECTS = "effects"
"""The queue of calls: a slow receiver keeps nothing from happening that is due."""

TURNS = "turns"
"""The queue of calls that are made one after another, of which many wait for nobody."""

AT_ONCE = {EFFECTS: 8, TURNS: 64}
LOOK = REVIVE = "* * * * * */5"
STALLED_S = 20
"""A worker that was not heard of for so long is dead: its calls are made again, with their ids."""

LOST_S = 600
"""What was begun so long ago has ended, whatever its job says: a call takes seconds. Its worker may
have lost the connection over which it would have said so, and live."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Fault(LedgerError):
    """A fault of ours, for as long as a call is tried."""

    code = "fault"


class EffectJobs:
    """Makes the calls that were deferred, and records what they answer.

    `record` runs a command in the ledger; one thread uses it, and `calls`, at a time.
    """

    def __init__(
        self,
        effects: Iterable[Effect],
        calls: Calls,
        clock: Clock,
        record: Callable[[Command[object]], object],
        *,
        first_s: float = FIRST_S,
    ) -> None:
        self._effects: Mapping[str, Effect] = {effect.name: effect for effect in effects}
        self._calls = calls
        self._clock = clock
        self._record = record
        self._first_s = first_s
        self._alone = OneAtATime()

    def look(self) -> int:
        """Defer what the state of things asks for, and say how many calls are new."""
        looking = [each for each in self._effects.values() if isinstance(each, StateEffect)]
        return self._alone.here(
            lambda: self._calls.add([call for each in looking for call in each.look()])
        )

    def take_turns(self) -> int:
        """Defer what waits for its turn and was forgotten by who crashed, and say how many."""
        return self._alone.here(self._calls.take_turns)

    async def run(self, name: CallName, attempts: int) -> None:
        """Make a call, unless it has ended. Raises Again."""
        waiting = await self._alone.do(lambda: self._calls.waiting(name))
        if waiting is None:
            return
        call = Call(name, waiting.content)
        try:
            await self._make(call)
        except (NeverTaken, Refusal) as error:
            await self._give_up(call, error)
        except Exception as error:
            why = _why(name, error)
            if self._clock() - waiting.deferred_us >= GIVE_UP_S * 1_000_000:
                await self._give_up(call, error if isinstance(error, LedgerError) else Fault(why))
                return
            await self._alone.do(lambda: self._calls.put_off(name, why))
            raise Again(self._pause_s(name, attempts, error)) from error

    async def _make(self, call: Call) -> None:
        effect = self._effects.get(call.name.effect)
        if effect is None:
            raise NotTaken(f"this process makes no calls of {call.name.effect}.")
        command = await effect.call(call)
        if command is not None:
            await self._alone.do(lambda: self._record(command))
        await self._alone.do(lambda: self._calls.end(call.name))

    async def _give_up(self, call: Call, error: LedgerError) -> None:
        effect = self._effects.get(call.name.effect)
        of_an_org = effect if isinstance(effect, OrgEffect) else None
        command = of_an_org.given_up(call, error) if of_an_org else None
        if command is not None:
            await self._alone.do(lambda: self._record(command))
        if not await self._alone.do(lambda: self._calls.end(call.name, failed=error.detail)):
            return
        if of_an_org is not None:
            _log.warning("the call %s was given up: %s", call.name.id, error.detail)
            return
        _log.error(
            "ALARM: the call %s was given up: %s",
            call.name.id,
            error.detail,
            extra=Alarm.EFFECT_GIVEN_UP.mark,
        )

    def _pause_s(self, name: CallName, attempts: int, error: Exception) -> float:
        asked = error.after_s if isinstance(error, NotTaken) else None
        return min(MAX_S, max(asked or 0.0, pause_s(name, attempts, self._first_s)))


def _why(name: CallName, error: Exception) -> str:
    if isinstance(error, LedgerError):
        return error.detail
    _log.exception(
        "the call %s failed, by a fault of ours", name.id, extra=Alarm.FAULT_OF_OURS.mark
    )
    return f"a fault of ours: {type(error).__name__}."


def add_effects(app: App, jobs: EffectJobs) -> None:
    """Have the job library make the calls, look, and revive what has died with its worker."""

    @app.task(name="call", queue=EFFECTS, retry=EffectRetry(), pass_context=True)
    async def call(context: JobContext, org: str, effect: str, key: str) -> None:
        await jobs.run(CallName(org, effect, key), context.job.attempts)

    @app.periodic(cron=LOOK)
    @app.task(name="look", queue=EFFECTS, queueing_lock="look")
    def look(timestamp: int) -> None:
        try:
            jobs.look()
        except LedgerError as error:
            _log.warning("what is to be told could not be found: %s", error.detail)
        except Exception:
            _log.exception(
                "what is to be told could not be found, by a fault of ours",
                extra=Alarm.FAULT_OF_OURS.mark,
            )

    @app.periodic(cron=REVIVE)
    @app.task(name="revive", queue=EFFECTS, queueing_lock="revive")
    async def revive(timestamp: int) -> None:
        for job in [job for queue in AT_ONCE for job in await _dead_jobs(app, queue)]:
            if job.task_name == call.name:
                await app.job_manager.retry_job(job)
            else:
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        await asyncio.to_thread(jobs.take_turns)


async def _dead_jobs(app: App, queue: str) -> list[Job]:
    stalled = await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=STALLED_S)
    return list({job.id: job for job in (*stalled, *await _lost_jobs(app, queue))}.values())


async def _lost_jobs(app: App, queue: str) -> list[Job]:
    rows = await app.connector.execute_query_all_async(
        sql.queries["select_stalled_jobs_by_started"],
        nb_seconds=LOST_S,
        queue=queue,
        task_name=None,
    )
    return [Job.from_row(row) for row in rows]


async def call_once(app: App) -> None:
    """Make the calls that are due, once each, and of a turn as many as are taken."""
    async with app.open_async():
        is_left = True
        while is_left:
            await app.run_worker_async(
                queues=list(AT_ONCE),
                concurrency=sum(AT_ONCE.values()),
                wait=False,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
            left = await app.job_manager.list_jobs_async(queue=TURNS, status=Status.TODO.value)
            is_left = any(job.scheduled_at is None for job in left)
