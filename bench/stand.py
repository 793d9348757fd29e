"""A service under test: `tally serve` in processes of its own, over a store made before."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from api.demo.service import Service, ServiceError, client, free_port, stop, wait_until_ready
from bench.cpu import Spent, is_writer, spent_by
from bench.traffic import Door

OPERATOR_KEY = secrets.token_urlsafe(32)
ORG, POOLED = "bench", "pooled"
"""Every user's own wallet pays; the pool pays for every user."""

TALLY = "api.cli.main"
LIVES = "/healthz"
"""Where a service says that it is there. It is not ready over a store of which something has long
not been signed, as those are that a bench has filled."""

SETTLES_IN_S = 900.0
QUIET_S, QUIET_PART = 0.5, 0.1
"""Nothing to do: so little of one core in so many seconds."""


@dataclass(frozen=True)
class Stand:
    """A running service. `root` is its process, of which all others are children."""

    data: Path
    service: Service
    process: subprocess.Popen[bytes]
    root: psutil.Process

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.service.url

    def door(self, org: str = ORG) -> Door:
        """How its gateway calls."""
        return Door(urlsplit(self.url).netloc, keys_of(self.data)[org])

    def spent(self) -> Spent:
        """CPU so far."""
        return spent_by(self.root)

    def settle(self) -> None:
        """Wait until its processes have nothing to do: they go on starting after it answers, and
        catch up with what was inserted straight."""
        deadline = time.monotonic() + SETTLES_IN_S
        while time.monotonic() < deadline:
            before = self.spent()
            time.sleep(QUIET_S)
            if sum(self.spent().since(before).values()) < QUIET_PART * QUIET_S:
                return
        raise ServiceError(f"the service was still busy after {SETTLES_IN_S:.0f} s.")

    def writer(self) -> psutil.Process:
        """The process that writes."""
        return next(each for each in self.root.children() if is_writer(each.cmdline()))

    def resident(self) -> int:
        """Bytes of memory of the service's own processes: of its event loop, and of its writer."""
        return sum(int(each.memory_info().rss) for each in (self.root, self.writer()))


@contextmanager
def stand(data: Path, *arguments: str, module: str = TALLY) -> Iterator[Stand]:
    """Start a service over a store, and stop it at the end."""
    port = free_port()
    log = data / "service.log"
    process = start(data, port, *arguments, module=module)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, process, log, LIVES)
        with client() as http:
            service = Service(url, OPERATOR_KEY, http)
            yield Stand(data, service, process, psutil.Process(process.pid))
    finally:
        if process.poll() is None:
            stop(process)


def start(data: Path, port: int, *arguments: str, module: str = TALLY) -> subprocess.Popen[bytes]:
    """Start `tally serve`; it does not listen yet. `module` is what runs as `tally`."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "service.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, "serve", "--port", str(port),
             "--data", str(data), *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**_environment(), "TALLY_OPERATOR_KEY": OPERATOR_KEY},
        )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` of a service, and wait until its engines have followed."""
    others = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    psutil.wait_procs(others, timeout=60)


def _environment() -> dict[str, str]:
    """Ours, without settings of another service: what is measured is embedded, and its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TALLY_")}


def keys_of(data: Path) -> dict[str, str]:
    """The gateways' secrets of a prepared store, by org."""
    return dict(json.loads((data / "gateways.json").read_text()))


def keep_keys(data: Path, keys: dict[str, str]) -> None:
    """Beside the store they open."""
    (data / "gateways.json").write_text(json.dumps(keys))
