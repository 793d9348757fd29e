"""The campaign: faults one after the other under load, and what each has left."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.faults.invariants import LATER, SOON, Invariant, Store, broken
from tests.faults.load import Load
from tests.faults.world import World

SERVED_WITHIN_S = 30.0


@dataclass
class Run:
    """One campaign while it goes on."""

    world: World
    load: Load
    draw: random.Random
    patience: float = 1.0
    """How much longer than in the short form what lasts does last."""

    served_again_s: list[float] = field(default_factory=list)

    @property
    def is_short(self) -> bool:
        """Whether this is the short form."""
        return self.patience == 1.0

    def until_served(self) -> None:
        """Wait until something that was sent after now is stored."""
        seconds = self.load.acknowledged(time.monotonic(), SERVED_WITHIN_S)
        self.served_again_s.append(seconds)


Fault: TypeAlias = Callable[[Run], None]


@dataclass(frozen=True)
class Outcome:
    """What one fault has left."""

    fault: str
    times: int
    acknowledged: int
    unanswered: int
    served_again_s: float
    broken: dict[str, int]

    def __str__(self) -> str:
        result = "all hold" if not self.broken else f"BROKEN {self.broken}"
        return (
            f"{self.fault:<34}{self.times:>5} times {self.acknowledged:>8,} acknowledged "
            f"{self.unanswered:>6,} unanswered, served again within {self.served_again_s:5.2f} s: "
            f"{result}"
        )


def campaign(
    run: Run, fault: Fault, rounds: int, invariants: Sequence[Invariant] = SOON + LATER
) -> Outcome:
    """Have a fault happen so often under load, and look at what is left."""
    told = run.load.told
    lines, unanswered = len(told.lines), told.unanswered
    run.served_again_s.clear()
    with run.load.running():
        run.until_served()
        run.served_again_s.clear()
        for _ in range(rounds):
            fault(run)
    return Outcome(
        fault.__name__,
        len(run.served_again_s),
        len(told.lines) - lines,
        told.unanswered - unanswered,
        max(run.served_again_s, default=0.0),
        broken(Store(run.world, run.load), invariants),
    )
