"""`kill -9` in the middle of load: of every process of the service, and of the engines.

Afterwards every invariant of `tests/faults/invariants.py` must hold; and meanwhile orgs move from
one writer to another, where there are several. Of those that make or keep copies, `tally compare`
must find nothing after each kill, nor when an engine was wiped and refilled.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.campaign import Run
from tests.faults.kills import ENGINES, kill, move_one
from tests.faults.services import holder_stands_still
from tests.faults.world import STORED

Report = Callable[[str], None]

VICTIMS = ("service", "writer", "projector", "sealer", "jobs", *ENGINES)
WORKER = "worker"
"""A victim, too, where there are several. Each takes usage from NATS."""

COPYING = ("projector", WORKER, "clickhouse", "nats")
"""Those that make or keep copies; the projector's process publishes the feed, too."""

STILL = "holder stands still"
"""A fault, too, where there are several services."""

KILL_EVERY_S = (0.15, 0.6)
COMPARED_S = 120.0
"""How long what was killed may take until all can be compared."""


WRONG = 1
CANNOT = 2
"""How `tally compare` ends when nothing is wrong of what it could compare, which was not all."""


@dataclass
class Storm:
    """Kills under load, as a fault."""

    kills: int
    """Of each victim."""

    writers: int
    workers: int
    report: Report
    services: int = 1
    compares: bool = False
    """Whether copies are compared after each kill of who makes or keeps them, and engines wiped."""

    only: tuple[str, ...] = ()
    """The victims, if not all."""

    killed: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    compared: int = 0
    unclean: list[str] = field(default_factory=list)
    """After what a copy was wrong, and what was found."""

    __name__ = "kills"

    def __call__(self, run: Run) -> None:
        victims = [*(self.only or self._all())] * self.kills
        run.draw.shuffle(victims)
        for place, victim in enumerate(victims, 1):
            time.sleep(run.draw.uniform(*KILL_EVERY_S))
            if self.writers > 1:
                self.moves += move_one(run, self.writers)
            if victim == STILL:
                holder_stands_still(run)
            else:
                kill(run.world, victim, run.draw)
            self.killed[victim] += 1
            run.load.require_running()
            lines = len(run.load.told.lines)
            self.report(f"{place} of {len(victims)}: {victim}; {lines:,} lines stored")
            if victim == "postgres":
                run.until_served()
            if self.compares and victim in COPYING:
                self._compare(run, victim)
        if self.compares:
            for engine in STORED:
                run.world.wipe_engine(engine)
                self._compare(run, f"{engine} wiped", repair=True)  # and compared once more

    def _all(self) -> tuple[str, ...]:
        more = [*([WORKER] if self.workers > 1 else []), *([STILL] if self.services > 1 else [])]
        return (*VICTIMS, *more)

    def _compare(self, run: Run, after: str, *, repair: bool = False) -> None:
        """Compare until all can be; whatever is wrong then is too much. Of what was wiped that is
        once more as long as something is missing: an engine that begins anew cannot be mended
        yet."""
        begun = deadline = time.monotonic()
        deadline += COMPARED_S
        report = run.world.compare(repair=repair).report
        again = {CANNOT, WRONG} if repair else {CANNOT}
        while report.exit_code in again and time.monotonic() < deadline:
            report = run.world.compare(repair=repair).report
        self.compared += 1
        checked = sum(check.checked for check in report.checks.values())
        seconds = time.monotonic() - begun
        self.report(f"    {after}: {checked:,} rows compared within {seconds:.1f} s")
        if report.exit_code:
            said = [
                str(check) for check in report.checks.values() if check.wrong or check.unchecked
            ]
            self.report("\n".join(said))
            self.unclean.append(f"{after}: {report.exit_code}")
