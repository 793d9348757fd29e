"""What do shards make of 10,000 orgs of very different size, and of one giant among them?

Simulated, not measured: lines arrive at random, each org at its own rate, and each shard decides
and commits them in groups (`bench/shards.py`). Only what a line and a commit cost is measured:
`--line-us` is what `bench/batches.py` gives for a line over 100 wallets, `--commit-ms` what
`bench/one_connection.py` gives for one debit alone, both of everything the machine had to do for
it: slower than a writer with cores of its own, which commits a group while it decides the next. A
shard is a writer with a PostgreSQL of its own; HTTP processes are not simulated. Where a shard is
saturated, how long lines wait depends on `--seconds`: it grows. Drawn in `results/simulation.svg`.

python -m bench.simulation --lines-a-day 1e9 --peak 5
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from bench.plot import SIZE_INCHES
from bench.report import RESULTS, number, terminal
from bench.shards import (
    GIANT,
    Cost,
    Served,
    Shard,
    by_hash,
    by_load,
    giant_alone,
    heavy_tailed,
    serve,
)

SHARDS = (1, 2, 5, 16, 64)
PARTS = (0.1, 0.3, 0.5)
"""Of all traffic, from one giant org."""

DAY_S = 86_400
SATURATED = 0.98
"""From here on what waits only grows: what is said of a time depends on how long it was watched."""

Place = Callable[[Mapping[int, float], int], list[Shard]]


@dataclass(frozen=True)
class Scene:
    """How the load looks and how orgs are placed. `giant`: the part of one org (None: no giant)."""

    name: str
    place: Place
    giant: float | None = None
    shards_min: int = 1


SCENES = (
    Scene("no giant, by hash", by_hash),
    Scene("no giant, by load", by_load, shards_min=2),
    *(Scene(f"giant of {part:.0%}, by hash", by_hash, part) for part in PARTS),
    *(Scene(f"giant of {part:.0%}, alone", giant_alone, part, shards_min=2) for part in PARTS),
)


@dataclass(frozen=True)
class Outcome:
    """What a scene came to on so many shards: how far each is used, and how long lines wait until
    they are answered, in milliseconds, sorted; those of the giant and of all others apart."""

    scene: Scene
    shards: int
    used: Sequence[float]
    others_ms: Sequence[float]
    giant_ms: Sequence[float]

    @property
    def saturated(self) -> int:
        """How many shards get more than they can do."""
        return sum(each >= SATURATED for each in self.used)


class Traffic(NamedTuple):
    """What is simulated: `rate` lines a second from `orgs` orgs for `seconds`."""

    orgs: int
    rate: float
    exponent: float
    seconds: float
    seed: int


def simulate(scene: Scene, shards: int, traffic: Traffic, cost: Cost) -> Outcome:
    """Send the traffic of a time to so many shards."""
    rates = heavy_tailed(traffic.orgs, traffic.rate, traffic.exponent, scene.giant)
    placed = scene.place(rates, shards)
    others: list[float] = []
    giant: list[float] = []
    for place, shard in enumerate(placed):
        draw = random.Random(f"{traffic.seed} {scene.name} {shards} {place}")
        for line in serve(shard.arrivals(draw, traffic.seconds), cost):
            (giant if line.org == GIANT else others).append(_answered_ms(line))
    used = [shard.rate / cost.capacity for shard in placed]
    return Outcome(scene, shards, used, sorted(others), sorted(giant))


def _answered_ms(line: Served) -> float:
    return 1_000 * (line.answered - line.arrived)


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return a percentile of what is sorted; 0 of nothing."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def main() -> None:
    """Simulate every scene on every number of shards; print the table and draw it."""
    asked = _arguments()
    rate = asked.lines_a_day / DAY_S * asked.peak
    cost = Cost(asked.line_us / 1e6, asked.commit_ms / 1e3, asked.group)
    traffic = Traffic(asked.orgs, rate, asked.exponent, asked.seconds, asked.seed)
    console = terminal()
    outcomes = []
    for scene in SCENES:
        with console.status(scene.name):
            outcomes += [
                simulate(scene, shards, traffic, cost)
                for shards in SHARDS
                if shards >= scene.shards_min
            ]
    console.print(_table(outcomes))
    console.print(
        f"{rate:,.0f} lines/s from {traffic.orgs:,} orgs (n-th: 1/n^{traffic.exponent:g}) for "
        f"{traffic.seconds:g} s, seed {traffic.seed}; a line {asked.line_us:g} µs, a commit "
        f"{asked.commit_ms:g} ms, groups of {cost.group_max}: a shard can do "
        f"{cost.capacity:,.0f} lines/s."
    )
    draw_outcomes(outcomes, RESULTS / "simulation.svg")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines-a-day", type=float, default=1e9, help="of all orgs (1e9)")
    parser.add_argument("--peak", type=float, default=5.0, help="times the day's mean (5)")
    parser.add_argument("--orgs", type=int, default=10_000)
    parser.add_argument("--exponent", type=float, default=1.0, help="of Zipf's law (1)")
    parser.add_argument("--line-us", type=float, default=74.0, help="of a writer, a line (74)")
    parser.add_argument("--commit-ms", type=float, default=2.7, help="of a group (2.7)")
    parser.add_argument("--group", type=int, default=128, help="lines in a group at most (128)")
    parser.add_argument("--seconds", type=float, default=2.0, help="simulated (2)")
    parser.add_argument("--seed", type=int, default=12)
    return parser.parse_args()


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("load and place", title="Shards: how far used; answered after, in ms")
    for name in ("shards", "least used", "mean", "most used", "saturated"):
        table.add_column(name, justify="right")
    for name in ("others p50", "others p99", "giant p50", "giant p99"):
        table.add_column(name, justify="right")
    for each in outcomes:
        mean = sum(each.used) / len(each.used)
        table.add_row(
            each.scene.name,
            str(each.shards),
            *(f"{used:.2f}" for used in (min(each.used), mean, max(each.used))),
            str(each.saturated or ""),
            *(number(percentile(each.others_ms, percent)) for percent in (50, 99)),
            *(_of_giant(each, percent) for percent in (50, 99)),
            end_section=each.shards == SHARDS[-1],
        )
    return table


def _of_giant(outcome: Outcome, percent: float) -> str:
    return "" if outcome.scene.giant is None else number(percentile(outcome.giant_ms, percent))


def draw_outcomes(outcomes: Sequence[Outcome], path: Path) -> None:
    """The most used shard to the left, the others' p99 to the right, by the number of shards."""
    import matplotlib  # noqa: PLC0415  # slow to load, and only here
    from matplotlib.figure import Figure  # noqa: PLC0415

    matplotlib.rcParams["svg.hashsalt"] = "tallystick"  # the same figure gives the same file
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    most, waits = figure.subplots(1, 2)
    for scene in SCENES:
        of = [each for each in outcomes if each.scene is scene]
        shards = [each.shards for each in of]
        most.plot(shards, [max(each.used) for each in of], marker="o", label=scene.name)
        late = [percentile(each.others_ms, 99) for each in of]
        waits.plot(shards, late, marker="o", label=scene.name)
    most.axhline(1, color="black", linewidth=0.8, linestyle="--")
    most.set_ylabel("used, the most used shard")
    waits.set_ylabel("others answered after, p99, ms")
    waits.legend(fontsize="x-small")
    for axes in (most, waits):
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(SHARDS, [str(each) for each in SHARDS])
        axes.set_xlabel("shards")
        axes.grid(visible=True, alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
