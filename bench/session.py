"""One invocation: how large everything is, its stores, its load generators, its echo."""

from __future__ import annotations

import multiprocessing as mp
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from api.demo.service import client, free_port, stop
from bench import store
from bench.load import Load, Request, Run, generate
from bench.series import Series
from bench.stand import TALLY, Stand, stand

GENERATORS = 2
RUN_S = 1.7
LIMIT_PART = 0.2
"""A run against a limit lasts that part of a run."""

STRAIGHT, ECHO = "straight insert", "bare echo"
BASELINE = ("--no-projections", "--no-seal")
"""Everything on but the read models and the sealer, which follow in processes of their own."""


@dataclass(frozen=True)
class Scale:
    """`size` 1 is full size; a smaller one only shows that everything works."""

    runs: int = 5
    size: float = 1.0
    long: bool = False
    workers: int = 1
    writers: int = 1

    @property
    def processes(self) -> tuple[str, ...]:
        """How many of each kind a service has: said, so that it is not the machine's to say."""
        return ("--workers", str(self.workers), "--writers", str(self.writers))

    @property
    def seconds(self) -> float:
        """Of one run."""
        return max(0.2, RUN_S * self.size)

    @property
    def wallets(self) -> int:
        """With credit."""
        return max(200, int(10_000 * self.size))

    @property
    def known(self) -> int:
        """Wallets with a row, where there are many."""
        return max(2_000, int(1_000_000 * self.size))

    @property
    def history(self) -> int:
        """Events of the wallet with a long history."""
        return max(2_000, int(1_000_000 * self.size))

    @property
    def stored(self) -> tuple[int, int]:
        """Events in the smaller and in the larger store."""
        few, many = (100_000, 10_000_000) if self.long else (20_000, 300_000)
        return int(few * self.size), int(many * self.size)


class Session:
    """Stores are made once and copied for each question, so that every one starts equal."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self._stack = ExitStack()
        self._crowded: Path | None = None
        self._echo: str | None = None

    def __enter__(self) -> Self:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tally-bench-"))
        self._folder = Path(folder)
        self._generators = self._stack.enter_context(
            ProcessPoolExecutor(GENERATORS, mp_context=mp.get_context("spawn"))
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # -- services ----------------------------------------------------------------------------

    @contextmanager
    def stand(
        self, *arguments: str, data: Path | None = None, module: str = TALLY
    ) -> Iterator[Stand]:
        """A service over a folder that is gone afterwards: a funded store unless one is given."""
        data = data or self.copy(self.funded())
        try:
            with stand(
                data, *self.scale.processes, *(arguments or BASELINE), module=module
            ) as running:
                running.settle()
                yield running
        finally:
            subprocess.run(["rm", "-rf", "--", str(data)], check=True)

    def funded(self) -> Path:
        """A store with orgs, prices and wallets with credit; made once."""
        data = self._folder / "funded"
        if not data.exists():
            with stand(data, *self.scale.processes, *BASELINE) as running:
                store.fund(running, self.scale.wallets, self.load)
                store.record_one(running, self.load)
        return data

    def crowded(self) -> Path:
        """A funded store with a row for every known wallet; made once."""
        if self._crowded is None:
            self._crowded = self.filled(
                lambda data: store.add_wallets(data, self.scale.wallets, self.scale.known)
            )
        return self._crowded

    def filled(self, fill: Callable[[Path], None]) -> Path:
        """A funded store into which something was inserted straight."""
        data = self.copy(self.funded())
        with stand(data, *self.scale.processes, *BASELINE):
            fill(data)
        return data

    def copy(self, source: Path) -> Path:
        """A copy of a store. Owners and modes stay, as PostgreSQL insists on them; it is flushed
        before anything is measured."""
        data = Path(tempfile.mkdtemp(prefix="copy-", dir=self._folder)) / "data"
        subprocess.run(["cp", "-a", "--", str(source), str(data)], check=True)
        os.sync()
        return data

    # -- load --------------------------------------------------------------------------------

    def load(self, load: Load) -> Run:
        """One run of a generator."""
        return self.start_load(load).result()

    def start_load(self, load: Load) -> Future[Run]:
        """One run, beside whatever else happens."""
        return self._generators.submit(generate, load)

    def series(
        self,
        at: Stand,
        requests: Iterable[Request],
        connections: int,
        *,
        per_answer: float = 1.0,
        seconds: float | None = None,
    ) -> Series:
        """A work, warmed up and not run yet."""
        load = Load(at.url, requests, connections, seconds or self.scale.seconds)
        series = Series(self.load, load, per_answer, at)
        series.warm_up()
        return series

    def measure(
        self,
        at: Stand,
        requests: Iterable[Request],
        connections: int,
        *,
        per_answer: float = 1.0,
        seconds: float | None = None,
    ) -> Series:
        """A work, warmed up and run as often as the scale says."""
        series = self.series(at, requests, connections, per_answer=per_answer, seconds=seconds)
        series.go_on(self.scale.runs)
        return series

    # -- the limit of the transport ----------------------------------------------------------

    def echo(
        self, requests: Iterable[Request], connections: int, *, per_answer: float = 1.0
    ) -> Series:
        """What a bare echo makes of the same requests over as many connections."""
        load = Load(
            self._echo_url(), requests, connections, max(0.2, self.scale.seconds * LIMIT_PART)
        )
        series = Series(self.load, load, per_answer)
        series.warm_up()
        series.go_on(self.scale.runs)
        return series

    def _echo_url(self) -> str:
        if self._echo is None:
            port = free_port()
            process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "bench.echo:app", "--port", str(port),
                 "--loop", "uvloop", "--http", "httptools", "--lifespan", "off",
                 "--backlog", "4096", "--no-access-log", "--log-level", "warning"],
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            self._stack.callback(stop, process)
            self._echo = f"http://127.0.0.1:{port}"
            _wait_until_heard(self._echo)
        return self._echo


def _wait_until_heard(url: str) -> None:
    with client() as http:
        for _ in range(200):
            try:
                http.post(url, content=b"{}")
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError("the echo did not start")
