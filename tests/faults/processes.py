"""Faults of processes and their clocks: killed, stopped for a while, set forward and back."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

from tests.faults.campaign import Run
from tests.faults.inside import TRACE

STOPPED_S = 1.6
"""In the short form, where a request is answered within a second."""

SHORT_STEPS = 4
SIGNED_S = 1.0
"""What was recorded before the clock went wrong is signed meanwhile."""

SKEWED = "503 clock_skewed"


def writer_stopped(run: Run) -> None:
    """The writer stands still for longer than a request may take."""
    _stop(run, run.world.processes("api.writer"))


def service_stopped(run: Run) -> None:
    """The process that serves stands still."""
    _stop(run, [psutil.Process(run.world.process.pid)])


def backend_stopped(run: Run) -> None:
    """The process of PostgreSQL that commits stands still."""
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tallystick committer'"
    backends = [pid for (pid,) in run.world.ask(query)]
    if not backends:
        backends = [pid for (pid,) in run.world.ask(query.replace("committer", "sequencer"))]
    assert backends
    _stop(run, map(psutil.Process, backends))


def postgresql_stopped(run: Run) -> None:
    """All of PostgreSQL stands still."""
    server = psutil.Process(run.world.urls().postgres_pid or 0)
    _stop(run, [server, *server.children()])


def clock_set_back_and_forth(run: Run) -> None:
    """The service's clock is set: within 5 s nobody sees it, beyond them nothing is recorded."""
    controls = run.world.controls
    try:
        for seconds in (3.0, -3.0, 0.5):
            controls.set_clock(seconds)
            run.until_served()
        for seconds in (60.0, -60.0, 86_400.0):
            before = run.load.told.statuses[SKEWED]
            controls.set_clock(seconds)
            deadline = time.monotonic() + 10
            while run.load.told.statuses[SKEWED] < before + 8:
                assert time.monotonic() < deadline, f"{seconds} s off, and nobody was refused"
                time.sleep(0.01)
        time.sleep(SIGNED_S * run.patience)
    finally:
        controls.set_clock(0.0)
    run.until_served()


def writer_killed_at_each_step(run: Run) -> None:
    """The writer is killed wherever it calls something, or returns from it, until a group is
    answered; in the short form at some of these steps."""
    controls = run.world.controls
    controls.set_step(TRACE)
    run.until_served()
    time.sleep(0.3)
    controls.set_step(b"")
    steps = controls.steps()
    if run.is_short:
        steps = [steps[len(steps) * n // SHORT_STEPS] for n in range(SHORT_STEPS)]
    reached = 0
    for step in steps:
        controls.set_step(step)
        deadline = time.monotonic() + (10 if run.is_short else 2)
        while controls.step and time.monotonic() < deadline:
            time.sleep(0.002)
        if not controls.step:
            reached += 1
            run.until_served()
    controls.set_step(b"")
    print(f"killed at {reached} of {len(steps)} steps")
    assert reached > len(steps) / 2


def _stop(run: Run, processes: Iterable[psutil.Process]) -> None:
    stopped = list(processes)
    for each in stopped:
        each.send_signal(signal.SIGSTOP)
    try:
        time.sleep(STOPPED_S * run.patience)
    finally:
        for each in reversed(stopped):
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGCONT)
    run.until_served()
