"""`make crash`: kills of each process of the service and of the engines; prints its seed."""

import argparse
import random
import secrets
import sys
import tempfile
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from adapters.nats.address import NatsAddress
from tests.crash.campaign import COPYING, Storm
from tests.faults.campaign import Run, campaign
from tests.faults.invariants import LATER, SOON, unseen
from tests.faults.listener import Listener
from tests.faults.load import BATCH, PAUSE_S, Load
from tests.faults.services import another
from tests.faults.world import World

COMPARED_PAUSE_S, COMPARED_BATCH = 1.0, 20
"""Between two commands of a client, and lines of a batch, where all that is stored is read after
each kill."""

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=None)
parser.add_argument("--kills", type=int, default=20, help="of each")
parser.add_argument("--writers", type=int, default=1)
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--services", type=int, choices=(1, 2), default=1)
parser.add_argument(
    "--copies", action="store_true", help="only who makes or keeps copies; they are compared"
)
arguments = parser.parse_args()
copies = arguments.copies
seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
writers, workers = arguments.writers, arguments.workers + copies  # one takes usage meanwhile
print(f"seed {seed}")
with (
    tempfile.TemporaryDirectory(prefix="tally-crash-") as folder,
    World(Path(folder) / "world", writers=writers, workers=workers) as world,
):
    orgs = [f"storm-{number}" for number in range(1, writers + 1)]
    pause_s = COMPARED_PAUSE_S if copies else PAUSE_S
    batch = COMPARED_BATCH if copies else BATCH
    load = Load(world, orgs, seed, by_nats=2, pause_s=pause_s, batch=batch)
    load.set_up()
    storm = Storm(
        arguments.kills,
        writers,
        workers,
        partial(print, flush=True),
        arguments.services,
        compares=copies,
        only=COPYING if copies else (),
    )
    run = Run(world, load, random.Random(seed))
    with (
        Listener(NatsAddress((str(world.urls().nats_url),))) as listener,
        another(run) if arguments.services > 1 else nullcontext(),
    ):
        outcome = campaign(run, storm, 1, (*SOON, *LATER, unseen(listener)))
print(f"{dict(storm.killed)}, {storm.moves} moves, {dict(load.told.statuses)}")
print(f"{storm.compared} times compared, unclean: {storm.unclean}; {load.messages} messages sent")
print(f"the listener saw {len(listener.seen):,} events, {listener.again:,} of them again")
print(f"{outcome} (seed {seed})")
sys.exit(bool(outcome.broken or storm.unclean))
