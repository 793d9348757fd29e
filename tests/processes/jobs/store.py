"""A migrated store, commands to it as a service process decides them, and processes of jobs."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from api.cli.jobs import STARTED
from api.commands.command import Command
from api.container import Endpoints, clock_us, event_store, ledger, signing_keys
from api.settings import Settings
from api.verification.options import Options
from api.verification.verify import verify
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import LedgerError
from ledger.kernel.times import format_time
from tests.scenarios.commands import register

SECOND = 1_000_000
PATIENCE_S = 60.0
_numbers = itertools.count(1)


class Store:
    """One database in each engine; tests use orgs of their own in it."""

    def __init__(self, ends: Endpoints) -> None:
        self.ends = ends

    def new_org(self) -> str:
        """An org of the test's own."""
        org = f"jobs-{next(_numbers)}"
        self.run([register(org)])
        return org

    def run(self, commands: Sequence[Command[object]]) -> list[Any]:
        """Decide and commit commands together; each must be accepted."""
        outcomes = self.outcomes(commands)
        for outcome in outcomes:
            if isinstance(outcome, LedgerError):
                raise outcome
        return outcomes

    def outcomes(self, commands: Sequence[Command[object]]) -> list[Any]:
        """What each command is answered, by a process of its own."""
        store = event_store(self.ends.database, "test")
        try:
            return GroupCommit(ledger(store), clock_us).run(commands)
        finally:
            store.close()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What the owner reads."""
        with psycopg.connect(self.ends.database.owner) as connection:
            return connection.execute(query, parameters).fetchall()

    def count(self, org: str, kind: str) -> int:
        """How many events of a kind an org has."""
        query = "SELECT count(*) FROM tally.events WHERE org = %s AND type = %s"
        return int(self.rows(query, [org, f"credits.{kind}"])[0][0])

    def twice(self, org: str, kind: str) -> int:
        """How many wallets have more than one event of a kind."""
        query = (
            "SELECT count(*) FROM (SELECT stream FROM tally.events WHERE org = %s AND type = %s "
            "GROUP BY stream HAVING count(*) > 1) AS doubled"
        )
        return int(self.rows(query, [org, f"credits.{kind}"])[0][0])

    def verify(self, data: Path | None = None) -> None:
        """Everything stored is what the events say; `data` has the keys of what was sealed."""
        keys = signing_keys(Settings(data=data)).ring().verifiers if data is not None else ()
        report = verify(self.ends, options=Options(keys=keys))
        assert report.exit_code == 0, report.as_dict()

    @contextmanager
    def jobs(self, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
        """`tally jobs` as a process; stopped at the end unless it is dead by then."""
        path = folder / f"jobs-{next(_numbers)}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "api.cli.main", "jobs", "--data", str(folder)],
                env=os.environ
                | {
                    "TALLY_DATABASE_URL": self.ends.database.owner,
                    "TALLY_CLICKHOUSE_URL": self.ends.clickhouse_url,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            # Before it has said so, a signal kills it as it does any program that is loading.
            wait_for(lambda: STARTED in path.read_text() or process.poll() is not None)
            yield process
            if process.poll() is None:
                process.terminate()
                assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()


def soon(seconds: float) -> str:
    """A moment a little ahead."""
    return format_time(clock_us() + int(seconds * SECOND))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
