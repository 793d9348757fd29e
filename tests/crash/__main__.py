"""`make crash`: 20 kills of the service, of its writer and of PostgreSQL; prints its seed."""

import argparse
import secrets
import tempfile
from pathlib import Path

from tests.crash.campaign import Campaign

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=None)
parser.add_argument("--kills", type=int, default=20, help="of each")
parser.add_argument("--writers", type=int, default=1)
parser.add_argument("--workers", type=int, default=1)
arguments = parser.parse_args()
seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
print(f"seed {seed}")
with tempfile.TemporaryDirectory(prefix="tally-crash-") as folder:
    outcome = Campaign(
        Path(folder), seed, writers=arguments.writers, workers=arguments.workers
    ).run(arguments.kills, print)
print(
    f"{len(outcome.acknowledged):,} debits acknowledged, {outcome.unanswered:,} requests without "
    f"an answer, kills {outcome.kills}, {outcome.moves} moves: none lost, none doubled, "
    f"the chain verifies (seed {seed})"
)
