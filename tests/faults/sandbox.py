"""The sandbox of a campaign: in a process of its own, told to fail by chance."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.embedded.stripe_sandbox.access import access_of
from tests.stripe_account import SandboxAccount

FAULTS = {
    "rate": 0.1,
    "webhooks": {"lost": 0.1, "doubled": 0.2, "delayed": 0.4, "delay_max_s": 3},
}
"""One call in ten fails, half of those after it was done; notices are late, doubled or lost."""


class SandboxProcess:
    """A sandbox in a folder, which tells a service."""

    def __init__(self, home: Path, notify: str) -> None:
        self._home = home
        self._notify = notify

    def __enter__(self) -> Self:
        self._start()
        self.account = SandboxAccount(access_of(self._home))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def kill(self) -> None:
        """End it without a word, and have it come back."""
        self._end()
        self._start()

    def _start(self) -> None:
        with self._home.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "adapters.embedded.stripe_sandbox", "--home",
                 str(self._home), "--notify", self._notify],
                stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the sandbox did not start"  # it says where it is

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
