"""`make crash`: kills of each process of the service and of the engines; prints its seed."""

import argparse
import random
import secrets
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.crash.campaign import Storm
from tests.faults.campaign import Run, campaign
from tests.faults.load import Load
from tests.faults.services import another
from tests.faults.world import World

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=None)
parser.add_argument("--kills", type=int, default=20, help="of each")
parser.add_argument("--writers", type=int, default=1)
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--services", type=int, choices=(1, 2), default=1)
arguments = parser.parse_args()
seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
writers, workers = arguments.writers, arguments.workers
print(f"seed {seed}")
with (
    tempfile.TemporaryDirectory(prefix="tally-crash-") as folder,
    World(Path(folder) / "world", writers=writers, workers=workers) as world,
):
    load = Load(world, [f"storm-{number}" for number in range(1, writers + 1)], seed)
    load.set_up()
    storm = Storm(arguments.kills, writers, workers, print, arguments.services)
    run = Run(world, load, random.Random(seed))
    with another(run) if arguments.services > 1 else nullcontext():
        outcome = campaign(run, storm, 1)
print(f"{dict(storm.killed)}, {storm.moves} moves, {dict(load.told.statuses)}")
print(f"{outcome} (seed {seed})")
sys.exit(bool(outcome.broken))
