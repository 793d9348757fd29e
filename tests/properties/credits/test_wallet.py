"""The real service logic held to the model, in any order, by any clock, through lost commits.

6,000 steps in two processes, and 50,000 of `make test-long`; with `HYPOTHESIS_PROFILE=nightly`
they go on with fresh seeds for ten minutes, or for `TALLY_PROPERTIES_SECONDS`. A failure prints the
steps, and the blob that repeats them.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.properties.run import STEPS_MIN

STEPS, STEPS_LONG = 3_000, 50_000
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SECONDS = float(os.environ.get("TALLY_PROPERTIES_SECONDS", "600" if NIGHTLY else "0"))
PROCESSES = 2


@pytest.mark.parametrize("steps", [STEPS, pytest.param(STEPS_LONG, marks=pytest.mark.slow)])
def test_the_service_does_what_the_model_does(steps: int) -> None:
    each = max(STEPS_MIN, steps // PROCESSES)
    command = [sys.executable, "-m", "tests.properties.run", str(each), str(SECONDS)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(PROCESSES)
    ]
    outputs = [each.communicate()[0] for each in running]
    print("".join(outputs))
    assert [each.returncode for each in running] == [0] * PROCESSES, "".join(outputs)
