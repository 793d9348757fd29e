"""World: engines that come back by themselves, and a service over them whose processes can be
found, stopped, and ended without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg

from adapters.embedded import Engines, EngineUrls
from adapters.nats.address import NatsAddress
from adapters.postgres.logins import log_in
from api.comparison.compare import compare_copies, repair_copies
from api.comparison.comparison import Compared
from api.container import Endpoints
from api.demo.service import Service, ServiceError, client, free_port, wait_until_ready
from api.limits import LIFTED, LIMITS
from tests.faults import inside
from tests.faults.proxy import Proxy
from tests.faults.sandbox import SandboxProcess
from tests.still_clock import STILL_CLOCK
from tests.stripe_account import SandboxAccount

READY_S = 60.0
STARTS_MAX = 10
PATIENCES = 4
STORED = {"clickhouse": "data", "nats": "jetstream"}
"""Where an engine keeps what it has stored, in its folder."""

OPERATOR_KEY = "operator-key-of-the-faults-campaign-0001"


class World:
    """One service of its own processes; what it says goes to `service.log` of the folder."""

    def __init__(
        self,
        folder: Path,
        *,
        writers: int = 1,
        workers: int = 1,
        plants: Sequence[str] = (),
        sells: bool = False,
        is_clock_still: bool = False,
    ) -> None:
        """`plants`: functions of `tests.faults.inside` that its processes begin with. `sells`:
        whether there is a sandbox of Stripe's beside it. `is_clock_still`: whether its store takes
        any clock of the service's."""
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.data = folder / "keys"
        self.log = folder / "service.log"
        self.counts = ("--writers", str(writers), "--workers", str(workers))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.engines = Engines(folder / "engines")
        self.controls = inside.Controls(folder)
        self.planted = inside.environment(self.controls, *plants) if plants else {}
        self.sells = sells
        self.is_clock_still = is_clock_still
        self.sandbox: SandboxAccount | None = None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        urls = self._held.enter_context(self.engines).urls()
        self.database_url = str(urls.database_url)
        self.proxy = self._held.enter_context(Proxy(self.database_url))
        if self.sells:
            notify = f"{self.url}/webhooks/stripe"
            process = SandboxProcess(self.sandbox_home, notify)
            self._sandbox_process = self._held.enter_context(process)
            self.sandbox = process.account
        self._held.callback(self.end_service)
        if self.is_clock_still:
            migrated = self.tally("migrate")
            assert migrated.returncode == 0, migrated.stderr
            self.change(STILL_CLOCK)
        self.start_service()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, trace)

    # -- the service --------------------------------------------------------------------------

    def start_service(self) -> None:
        """Start it, and wait until it is ready; again, as systemd does, while a worker of the one
        before, which was just being started, has the port."""
        for _ in range(STARTS_MAX):
            self._start()
            if self._becomes_ready():
                return
        raise AssertionError(self.log.read_text("utf-8")[-2000:])

    def _becomes_ready(self) -> bool:
        """Wait as long as a machine may take that does much else, too; False: it has ended."""
        for number in range(1, PATIENCES + 1):
            try:
                wait_until_ready(self.url, self.process, self.log)
            except ServiceError:
                if self.process.poll() is not None:
                    return False
                if number == PATIENCES:
                    raise
            else:
                return True
        return False

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", "serve", "--port", str(self.port),
                 "--data", str(self.data), *self.counts],
                env=self.environment(self.proxy.url), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )  # fmt: skip

    def end_service(self) -> None:
        """End it without a word; its children see that it is gone."""
        self.process.kill()
        self.process.wait()

    def environment(self, database_url: str) -> dict[str, str]:
        """Return what a command of ours needs to find this ledger."""
        return {
            **os.environ,
            "TALLY_DATABASE_URL": database_url,
            "TALLY_CLICKHOUSE_URL": str(self.urls().clickhouse_url),
            "TALLY_NATS_URL": str(self.urls().nats_url),
            "TALLY_OPERATOR_KEY": OPERATOR_KEY,
            "TALLY_LIMITS": " ".join(f"{name}={LIFTED}" for name in LIMITS),
            **self._of_stripe(),
            **self.planted,
        }

    def _of_stripe(self) -> dict[str, str]:
        if self.sandbox is None:
            return {}
        return {
            "TALLY_STRIPE_KEY": self.sandbox.api_key,
            "TALLY_STRIPE_WEBHOOK_SECRET": self.sandbox.secret,
            "TALLY_STRIPE_URL": str(self.sandbox.url),
        }

    @property
    def sandbox_home(self) -> Path:
        """The folder that keeps what the sandbox knows."""
        return self.folder / "stripe"

    @contextmanager
    def operator(self) -> Iterator[Service]:
        """Give who may do everything."""
        with client() as http:
            yield Service(self.url, OPERATOR_KEY, http)

    def processes(self, of: str) -> list[psutil.Process]:
        """Return the children of the service that run a module or a subcommand of `tally`."""
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
            return [each for each in children if of in _command_line(each)]
        return []

    # -- the engines --------------------------------------------------------------------------

    def urls(self) -> EngineUrls:
        """Return where the engines are now."""
        return self.engines.urls()

    def kill_engine(self, name: str) -> None:
        """End an engine with all its processes, and wait until it is back."""
        pid = self._pid_of(name)
        if pid is None:
            return  # it is just coming back
        with suppress(psutil.NoSuchProcess):
            engine = psutil.Process(pid)
            for each in [engine, *engine.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + READY_S
        while self._pid_of(name) in (pid, None):
            assert time.monotonic() < deadline, f"{name} did not come back"
            time.sleep(0.02)

    def kill_sandbox(self) -> None:
        """End the sandbox without a word, and wait until it is back."""
        self._sandbox_process.kill()

    def wipe_engine(self, name: str) -> None:
        """End an engine without a word, and without what it has stored."""
        stored = self.folder / "engines" / name / STORED[name]
        stored.rename(stored.with_name("wiped"))
        self.kill_engine(name)

    def _pid_of(self, name: str) -> int | None:
        pid: int | None = getattr(self.urls(), f"{name}_pid")
        return pid

    def wait_for_postgresql(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                self.ask("SELECT 1")
                return
            time.sleep(0.01)
        raise AssertionError("PostgreSQL did not come back")

    def ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return rows of the database, beside the service and its proxy."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query, parameters).fetchall()

    def change(self, query: str) -> None:
        """Change rows of the database, as time would."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(query)

    def compare(self, *, repair: bool = False) -> Compared:
        """Return what `tally compare` finds, in this process: another one takes longer to begin
        than to compare."""
        logins, urls = log_in(self.database_url), self.urls()
        bus = NatsAddress((str(urls.nats_url),))
        ends = Endpoints(logins, str(urls.clickhouse_url), bus)
        return repair_copies(ends, logins, None) if repair else compare_copies(ends, None)

    def tally(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Return how a command of `tally` ended."""
        return subprocess.run(
            [sys.executable, "-m", "api.cli.main", *arguments, "--data", str(self.data)],
            env=self.environment(self.database_url),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
