"""`make faults`: each fault so often under load, and what it has left; prints its seed."""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign import Outcome, Run, campaign
from tests.faults.catalogue import FAULTS, OF_POSTGRESQL, PLANTS
from tests.faults.full_disks import full_disks
from tests.faults.load import Load
from tests.faults.world import World

LONG = 30.0 / 1.6
"""How much longer what stands still does so than in the short form: 30 s."""

BACK_WITHIN_S = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=1, help="of each fault")
    parser.add_argument("--only", action="append", help="a fault's name, or disks")
    arguments = parser.parse_args()
    seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    only = set(arguments.only or ())
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="tally-faults-") as folder:
        with World(Path(folder) / "world", plants=PLANTS) as world:
            load = Load(world, ["storm-1"], seed)
            load.set_up()
            run = Run(world, load, random.Random(seed), patience=LONG)
            for fault in FAULTS:
                if not only or fault.__name__ in only:
                    outcomes.append(campaign(run, fault, arguments.rounds))
                    print(outcomes[-1], flush=True)
            print(dict(load.told.statuses))
            print("alarms", dict(world.ask("SELECT alarm, times FROM tally.alarms")))
        if not only or "disks" in only:
            said = full_disks(Path(folder) / "disks", seed, arguments.rounds)
            print(said.stdout or said.reason)
            if said.failed:
                return 1
    print(f"seed {seed}")
    return int(any(map(_failed, outcomes)))


def _failed(outcome: Outcome) -> bool:
    is_bound = outcome.fault in {each.__name__ for each in OF_POSTGRESQL}
    return bool(outcome.broken) or (is_bound and outcome.served_again_s > BACK_WITHIN_S)


if __name__ == "__main__":
    sys.exit(main())
