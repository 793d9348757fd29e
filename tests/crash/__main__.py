"""`make crash`: 20 kills of the service, of its writer and of PostgreSQL; prints its seed."""

import argparse
import secrets
import tempfile
from pathlib import Path

from tests.crash.campaign import Campaign

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=None)
parser.add_argument("--kills", type=int, default=20, help="of each")
arguments = parser.parse_args()
seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
print(f"seed {seed}")
with tempfile.TemporaryDirectory(prefix="tally-crash-") as folder:
    outcome = Campaign(Path(folder), seed).run(arguments.kills, print)
print(
    f"{len(outcome.acknowledged):,} debits acknowledged, {outcome.unanswered:,} requests without "
    f"an answer, kills {outcome.kills}: none lost, none doubled, the chain verifies (seed {seed})"
)
