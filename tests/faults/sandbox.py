"""The sandbox of a campaign: in a process of its own, told to fail by chance."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.embedded.stripe_sandbox.access import access_of
from tests.stripe_account import SandboxAccount

FAULTS = {
    "rate": 0.1,
    "webhooks": {"lost": 0.1, "doubled": 0.2, "delayed": 0.4, "delay_max_s": 3},
}
"""One call in ten fails, half of those after it was done; notices are late, doubled or lost."""


@contextmanager
def sandbox_process(home: Path, notify: str) -> Iterator[SandboxAccount]:
    """Have a sandbox in a folder tell a service meanwhile."""
    with home.with_suffix(".log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "adapters.embedded.stripe_sandbox", "--home", str(home),
             "--notify", notify],
            stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the sandbox did not start"  # it says where it is
        yield SandboxAccount(access_of(home))
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
