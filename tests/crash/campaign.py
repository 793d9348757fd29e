"""`kill -9` in the middle of load: of every process of the service, and of the engines.

Afterwards every invariant of `tests/faults/invariants.py` must hold; and meanwhile orgs move from
one writer to another, where there are several.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.campaign import Run
from tests.faults.kills import ENGINES, kill, move_one
from tests.faults.services import holder_stands_still

Report = Callable[[str], None]

VICTIMS = ("service", "writer", "projector", "sealer", "jobs", *ENGINES)
WORKER = "worker"
"""A victim, too, where there are several."""

STILL = "holder stands still"
"""A fault, too, where there are several services."""

KILL_EVERY_S = (0.15, 0.6)


@dataclass
class Storm:
    """Kills under load, as a fault."""

    kills: int
    """Of each victim."""

    writers: int
    workers: int
    report: Report
    services: int = 1
    killed: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    __name__ = "kills"

    def __call__(self, run: Run) -> None:
        more = [*([WORKER] if self.workers > 1 else []), *([STILL] if self.services > 1 else [])]
        victims = [*VICTIMS, *more] * self.kills
        run.draw.shuffle(victims)
        for place, victim in enumerate(victims, 1):
            time.sleep(run.draw.uniform(*KILL_EVERY_S))
            if self.writers > 1:
                self.moves += move_one(run, self.writers)
            if victim == STILL:
                holder_stands_still(run)
            else:
                kill(run, victim)
            self.killed[victim] += 1
            lines = len(run.load.told.lines)
            self.report(f"{place} of {len(victims)}: {victim}; {lines:,} lines stored")
            if victim == "postgres":
                run.until_served()
