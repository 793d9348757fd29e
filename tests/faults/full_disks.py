"""Full disks as a program of their own, in a mount namespace where there are small ones."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

UNSHARE = ("unshare", "--mount")


@dataclass(frozen=True)
class Said:
    """How it ended. `reason`: why it could not even begin."""

    stdout: str = ""
    failed: bool = False
    reason: str | None = None


def full_disks(folder: Path, seed: int, rounds: int) -> Said:
    """Fill the disk of the data and that of the log, under load."""
    if os.geteuid() or subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        return Said(reason="only root mounts a small disk that PostgreSQL's own user may use")
    command = [sys.executable, "-m", "tests.faults.disks", str(folder), str(seed), str(rounds)]
    done = subprocess.run(
        [*UNSHARE, *command], capture_output=True, text=True, timeout=600, check=False
    )
    return Said(done.stdout + done.stderr, failed=done.returncode != 0)
