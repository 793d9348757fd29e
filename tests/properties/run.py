"""Runs the machine in this process: `python -m tests.properties.run STEPS [SECONDS]`."""

from __future__ import annotations

import sys
import time

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties import conftest  # the profile
from tests.properties.machine import WalletMachine

STEPS_PER_RUN = 40
STEPS_MIN = 500
EXAMPLES = 250


def run(steps: int, seconds: float) -> None:
    """Take so many steps at least, for so long at least, each time from fresh seeds."""
    began = time.monotonic()
    rounds = settings(max_examples=EXAMPLES, stateful_step_count=STEPS_PER_RUN)
    while WalletMachine.steps < steps or time.monotonic() - began < seconds:
        run_state_machine_as_test(WalletMachine, settings=rounds)
    print(f"{WalletMachine.steps} steps in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    assert conftest
    run(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0)
