"""`tally project` as a process: follows, survives its database, ends with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from projections.followers import FOLLOWERS
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.stores import TestStore

COMMAND = [sys.executable, "-m", "api.cli.main", "project"]


@pytest.fixture
def environment(store: TestStore) -> dict[str, str]:
    return {
        **os.environ,
        "TALLY_DATABASE_URL": store.owner,
        "TALLY_CLICKHOUSE_URL": store.clickhouse_url,
    }


@pytest.fixture
def runner(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([*COMMAND, "--parent", str(os.getpid())], env=environment) as process:
        yield process
        process.kill()


def until(true: Callable[[], bool], timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def applied(store: TestStore, transactions: int) -> bool:
    (found,) = store.rows(
        "SELECT (SELECT count(*) FROM tally.transactions), "
        "(SELECT count(*) FROM tally.projections p, tally.shard s WHERE p.position = s.position)"
    )
    return found == (transactions, len(FOLLOWERS))


def test_follows_and_ends_on_sigterm(store: TestStore, runner: subprocess.Popen[bytes]) -> None:
    store.run([register(), deposit("1", key="d")])
    until(lambda: applied(store, 1))
    store.run([usage([use("0.01", id="u")])])
    until(lambda: applied(store, 2))
    runner.send_signal(signal.SIGTERM)
    assert runner.wait(60) == 0


def test_goes_on_after_its_connections_were_cut(
    store: TestStore, runner: subprocess.Popen[bytes]
) -> None:
    store.run([register(), deposit("1", key="d")])
    until(lambda: applied(store, 1))
    with psycopg.connect(store.owner) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE 'tallystick projection%'"
        )
    store.run([usage([use("0.01", id="u")])])
    until(lambda: applied(store, 2))


def test_once_catches_up_and_ends(store: TestStore, environment: dict[str, str]) -> None:
    store.run([register(), deposit("1", key="d")])
    done = subprocess.run([*COMMAND, "--once"], env=environment, timeout=300)
    assert done.returncode == 0
    assert applied(store, 1)


def test_never_outlives_its_parent(environment: dict[str, str]) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, subprocess, sys, time\n"
            "child = subprocess.Popen(sys.argv[1:] + ['--parent', str(os.getpid())])\n"
            "print(child.pid, flush=True)\n"
            "time.sleep(600)",
            *COMMAND,
        ],
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(1)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not _lives(child))


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] not in "XZ"
    except OSError:
        return False
