"""The real service logic held to the model, in any order, by any clock, through lost commits.

50,000 steps in two processes; with `HYPOTHESIS_PROFILE=nightly` they go on with fresh seeds for
ten minutes, or for `TALLY_PROPERTIES_SECONDS`. A failure prints the steps, and the blob that
repeats them.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.properties.run import STEPS_MIN

STEPS = int(os.environ.get("TALLY_PROPERTIES_STEPS", "50000"))
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SECONDS = float(os.environ.get("TALLY_PROPERTIES_SECONDS", "600" if NIGHTLY else "0"))
PROCESSES = 2


def test_the_service_does_what_the_model_does() -> None:
    steps = max(STEPS_MIN, STEPS // PROCESSES)
    command = [sys.executable, "-m", "tests.properties.run", str(steps), str(SECONDS)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(PROCESSES)
    ]
    outputs = [each.communicate()[0] for each in running]
    print("".join(outputs))
    assert [each.returncode for each in running] == [0] * PROCESSES, "".join(outputs)
