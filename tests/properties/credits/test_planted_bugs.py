"""The machine is no ornament: it finds each of some bugs that are easy to write."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.properties.planted import BUGS


@pytest.mark.parametrize(
    "bug",
    [pytest.param(bug, marks=[pytest.mark.slow] * (number > 1)) for number, bug in enumerate(BUGS)],
)
def test_a_planted_bug_is_found(bug: str) -> None:
    command = [sys.executable, "-m", "tests.properties.planted", bug]
    hunt = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert hunt.returncode == 0, hunt.stdout + hunt.stderr
