"""The dying of a process of jobs: `kill -9` right after a step of a call.

Forked from a process that has loaded everything, so that it is there at once.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.effects import PostgresCalls, PostgresEffects
from adapters.postgres.event_store import PostgresEventStore
from adapters.stripe.captures import StripeCaptures
from adapters.stripe.provider import StripeProvider
from adapters.stripe.subscriptions import StripeSubscriptions
from api.jobs.effect_calls import EffectJobs
from api.jobs.scheduled_work import ScheduledWork
from api.settings import Settings
from tests.effect_work import make_calls

DIES_WITHIN_S = 60.0

_forks = multiprocessing.get_context("forkserver")


class Step(StrEnum):
    """A numbered step of a call that a fact or a notice leads to."""

    DEFERRED = "1: the call is deferred, with the position of who follows the facts"
    LOOKED_UP = "2: it is known what is asked for"
    CALLED = "3: the provider has answered"
    RECORDED = "4: its answer is recorded"
    ENDED = "5: the call has ended"


# Where each is done; the recording is a function that the jobs are given.
_PLACES: dict[Step, tuple[tuple[type[object], str], ...]] = {
    Step.DEFERRED: ((PostgresEffects, "defer"),),
    Step.LOOKED_UP: ((PostgresCalls, "waiting"),),
    Step.CALLED: (
        *((StripeProvider, each) for each in ("open_checkout", "charge", "refund")),
        *((StripeCaptures, each) for each in ("capture", "void")),
        (StripeSubscriptions, "add_charge"),
    ),
    Step.ENDED: ((PostgresCalls, "end"),),
}


class Renewal(StrEnum):
    """A numbered step of what time brings to a subscription, before anything is called for it."""

    DECIDED = "1: the period, its invoice and its charge are decided"
    STORED = "2: they are stored"


def renews_and_dies(step: Renewal, database: DatabaseUrls, ahead_us: int) -> bool:
    """Do what is due so much later, as a scheduler that is killed when a step is done; False: it
    never came to it."""
    return _dies(_renew, step, database, ahead_us)


def dies_after(step: Step, settings: Settings, database: DatabaseUrls) -> bool:
    """Work as a process of jobs that is killed when a step is done; False: it never came to it."""
    return _dies(_work, step, settings, database)


def _dies(work: Callable[..., None], *arguments: object) -> bool:
    _forks.set_forkserver_preload([__name__])
    process = _forks.Process(target=work, args=arguments)
    process.start()
    process.join(DIES_WITHIN_S)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def _work(step: Step, settings: Settings, database: DatabaseUrls) -> None:
    if step is Step.RECORDED:
        _die_after_records()
    else:
        for owner, name in _PLACES[step]:
            setattr(owner, name, _dying(getattr(owner, name)))
    make_calls(settings, database)


def _renew(step: Renewal, database: DatabaseUrls, ahead_us: int) -> None:
    real_ns, append = time.time_ns, PostgresEventStore.append
    setattr(time, "time_ns", lambda: real_ns() + ahead_us * 1_000)  # noqa: B010
    dying = _dying(append) if step is Renewal.STORED else lambda store, batch: _die()
    setattr(PostgresEventStore, "append", dying)  # noqa: B010
    ScheduledWork(database)(threading.Event())


def _die_after_records() -> None:
    real = EffectJobs.__init__

    @wraps(real)
    def init(jobs: EffectJobs, effects: Any, calls: Any, clock: Any, record: Any) -> None:
        real(jobs, effects, calls, clock, _dying(record))

    setattr(EffectJobs, "__init__", init)  # noqa: B010


def _dying(done: Callable[..., Any]) -> Callable[..., Any]:
    """Return what does the same and dies then."""
    if asyncio.iscoroutinefunction(done):

        @wraps(done)
        async def later(*arguments: Any) -> None:
            await done(*arguments)
            _die()

        return later

    @wraps(done)
    def at_once(*arguments: Any, **named: Any) -> None:
        done(*arguments, **named)
        _die()

    return at_once


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
