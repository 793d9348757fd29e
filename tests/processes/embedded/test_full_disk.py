"""On a full disk the embedded ClickHouse refuses what it could not keep."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

UNSHARE = ["unshare", "--mount", "--map-root-user"]


def test_an_insert_on_a_full_disk_is_refused_and_stores_nothing(tmp_path: Path) -> None:
    if subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk of their own")
    command = [*UNSHARE, sys.executable, "-m", "tests.processes.embedded.full_disk", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["said"] == ["NOT_ENOUGH_SPACE"] * 4
    assert (found["full"], found["freed"]) == (10, 20)
