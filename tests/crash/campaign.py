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

Report = Callable[[str], None]

VICTIMS = ("service", "writer", "projector", "sealer", "jobs", *ENGINES)
WORKER = "worker"
"""A victim, too, where there are several."""

KILL_EVERY_S = (0.15, 0.6)


@dataclass
class Storm:
    """Kills under load, as a fault."""

    kills: int
    """Of each victim."""

    writers: int
    workers: int
    report: Report
    killed: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    __name__ = "kills"

    def __call__(self, run: Run) -> None:
        victims = [*VICTIMS, *([WORKER] if self.workers > 1 else [])] * self.kills
        run.draw.shuffle(victims)
        for place, victim in enumerate(victims, 1):
            time.sleep(run.draw.uniform(*KILL_EVERY_S))
            if self.writers > 1:
                self.moves += move_one(run, self.writers)
            kill(run, victim)
            self.killed[victim] += 1
            lines = len(run.load.told.lines)
            self.report(f"{place} of {len(victims)}: kill -9 {victim}; {lines:,} lines stored")
            if victim == "postgres":
                run.until_served()
