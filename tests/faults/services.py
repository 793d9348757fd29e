"""Faults of services: two on one database, and what becomes of the lease of one that dies or stands
still."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil

from api.demo.service import STOP_S, free_port, wait_until_ready
from ledger.kernel.leases import LEASE_S
from tests.faults.campaign import SERVED_WITHIN_S, Run
from tests.faults.world import World

ROUNDS = 10
STILL_S = LEASE_S + 1.0

HOLDER = "SELECT service, epoch FROM tally.leases WHERE shard = 1"
RACES = "SELECT coalesce(sum(races_lost), 0)::int FROM tally.leases"


def second_service(run: Run) -> None:
    """Both serve the same orgs, and nobody loses a race. The writer that holds the lease stands
    still for longer than it lasts, dies, and dies with its service: the other takes over."""
    world = run.world
    with another(run) as process:
        ((lost,),) = world.ask(RACES)
        for _ in range(ROUNDS):
            run.until_served()
        assert world.ask(RACES) == [(lost,)], "a race was lost by who held the lease"
        holder_stands_still(run)
        holder, epoch = _holder(world)
        with _takeover(run, "its writer was killed"):
            _kill_writers(holder)
            _until(lambda: _holder(world)[1] > epoch)
        _until(lambda: _is_held_by(world, process.pid))
        run.load.urls = [world.url]
        with _takeover(run, "its service was killed"):
            process.kill()
            _until_held(world, lambda keeper: keeper == world.process.pid)


@contextmanager
def _takeover(run: Run, after: str) -> Iterator[None]:
    """Have a lease be taken, and the service go on; print how long that took."""
    began = time.monotonic()
    yield
    held = time.monotonic()
    run.until_served()
    print(
        f"after {after} another had its lease in {held - began:.2f} s, and something new was "
        f"stored in {time.monotonic() - began:.2f} s",
        flush=True,
    )


@contextmanager
def another(run: Run) -> Iterator[subprocess.Popen[bytes]]:
    """Have a second service serve, too; what follows stays with the first."""
    world, port = run.world, free_port()
    with world.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port), "--data",
             str(world.data), "--no-projections", "--no-jobs", "--no-seal", *world.counts],
            env=world.environment(world.proxy.url), stdin=subprocess.DEVNULL, stdout=log,
            stderr=log,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, process, world.log)
        run.load.urls = [world.url, url]
        yield process
    finally:
        run.load.urls = [world.url]
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_S)


def holder_stands_still(run: Run) -> None:
    """The writers of the service that holds the lease stand still until another has it."""
    holder, _ = _holder(run.world)
    stopped = _writers(holder)
    for each in stopped:
        each.send_signal(signal.SIGSTOP)
    try:
        time.sleep(STILL_S)
        _until_held(run.world, lambda keeper: keeper != holder)
    finally:
        for each in stopped:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGCONT)
    run.until_served()


def _holder(world: World) -> tuple[int, int]:
    """The process that keeps the writer that holds the lease, and its epoch."""
    _until(lambda: bool(world.ask(HOLDER)))  # PostgreSQL forgets it in a crash
    ((service, epoch),) = world.ask(HOLDER)
    return int(service.rpartition(":")[2]), epoch


def _writers(keeper: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(keeper).children()
        return [each for each in children if "api.writer" in each.cmdline()]
    return []  # it was killed a moment ago


def _kill_writers(keeper: int) -> None:
    for each in _writers(keeper):
        with suppress(psutil.NoSuchProcess):
            each.kill()


def _is_held_by(world: World, keeper: int) -> bool:
    """Tell whether a service has the lease; whoever else has it loses it."""
    holder, _ = _holder(world)
    if holder != keeper:
        _kill_writers(holder)
    return holder == keeper


def _until_held(world: World, by: Callable[[int], bool]) -> None:
    _until(lambda: by(_holder(world)[0]))


def _until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SERVED_WITHIN_S
    while not what():
        assert time.monotonic() < deadline, "no lease was taken"
        time.sleep(0.02)
