"""Every row of a store, every attack, both attackers: each must be found, and found where it is.

    make tamper           (or: .venv/bin/python -m tests.tamper.matrix --seed 1 --events 500)

Verification runs over rows in memory (the same code as over PostgreSQL, through the same port), so
that thousands of tampered stores take minutes. Then untouched stores of other seeds: none of them
may raise an alarm. `--rows 17` tries one row again. Last, on real engines, every column that their
catalogues know.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import NamedTuple, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

from api.garbage_collection import rare_collections
from api.verification.signed_checkpoints import GatheredCheckpoints
from ledger.kernel.report import Place, Report
from tests.tamper import columns
from tests.tamper.attacks import ATTACKS, Attacked, Attacker
from tests.tamper.stories import SEALED_EVERY, Sealed, inspect, testimony_of, told_store

T = TypeVar("T")
CLEAN = 1_000
CLEAN_EVENTS = 60


class Try(NamedTuple):
    """One attack on one row, and what verification made of it."""

    row: int
    attack: str
    attacker: Attacker
    detected: bool
    located: bool
    findings: str


@cache
def subject(seed: int, events: int) -> tuple[Sealed, GatheredCheckpoints]:
    """The store that is attacked, and what its witness says."""
    sealed = told_store(seed, events)
    return sealed, testimony_of(sealed)


def attack_row(seed: int, events: int, row: int) -> list[Try]:
    """Every attack on one row."""
    with rare_collections():
        return [
            attempt(seed, events, row, name, attacker)
            for name, attackers in ATTACKS.items()
            for attacker in attackers
        ]


def attempt(seed: int, events: int, row: int, name: str, attacker: Attacker) -> Try:
    """One attack on one row."""
    sealed, signed_checkpoints = subject(seed, events)
    draw = random.Random(f"{seed} {row} {name} {attacker}")
    attacked = ATTACKS[name][attacker](sealed, row, draw)
    if attacked.others:
        signed_checkpoints = testimony_of(sealed, *attacked.others)
    report = inspect(attacked.tables, sealed.signatures, signed_checkpoints)
    found = [f"{c.kind}: {c.first}" for c in report.checks.values() if c.first]
    return Try(
        row, name, attacker, report.exit_code == 1, is_located(report, attacked), "; ".join(found)
    )


def is_located(report: Report, attacked: Attacked) -> bool:
    """Whether a finding names a touched event, or a run of events that begins with one or that
    lies between two checkpoints and has one in it."""
    places = [check.first.place for check in report.checks.values() if check.first]
    return any(_names(place, attacked) for place in places)


def _names(place: Place, attacked: Attacked) -> bool:
    if place.org is None or place.sequence is None:
        return False
    run = range(place.sequence, (place.until or place.sequence) + 1)
    named = [(place.org, sequence) in attacked.touched for sequence in run]
    return named[0] or (any(named) and len(run) <= SEALED_EVERY)


def false_alarm(seed: int) -> str | None:
    """What verification finds wrong in an untouched store of a seed, if anything."""
    with rare_collections():
        sealed = told_store(seed, CLEAN_EVENTS)
        report = inspect(sealed.tables, sealed.signatures, testimony_of(sealed))
    return None if report.exit_code == 0 else f"seed {seed}: {report.as_dict()}"


def main() -> None:
    """Try everything, print a table; exit code 1 when anything was missed."""
    given = _arguments()
    started = time.monotonic()
    rows = [given.rows] if given.rows is not None else range(given.events)
    console = Console()
    jobs = os.cpu_count() or 1
    with ProcessPoolExecutor(jobs) as pool:
        parameters = zip(*((given.seed, given.events, row) for row in rows), strict=True)
        attacks = pool.map(attack_row, *parameters, chunksize=4)
        tries = [each for some in _shown(attacks, len(rows), "attacking") for each in some]
        seeds = range(given.seed + 1, given.seed + 1 + given.clean)
        clean = pool.map(false_alarm, seeds, chunksize=20)
        alarms = [each for each in _shown(clean, given.clean, "untouched stores") if each]
    _print(console, tries, alarms, given.clean)
    console.print(f"{time.monotonic() - started:.0f} s, seed {given.seed}.")
    missed = any(not each.located or not each.detected for each in tries) or bool(alarms)
    sys.exit(columns.main(given.seed) or missed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--clean", type=int, default=CLEAN)
    parser.add_argument("--rows", type=int, default=None, help="Only this row.")
    return parser.parse_args()


def _shown(work: Iterator[T], total: int, name: str) -> Iterator[T]:
    yield from track(work, name, total=total, console=Console(stderr=True), transient=True)


def _print(console: Console, tries: Sequence[Try], alarms: Sequence[str], clean: int) -> None:
    table = Table("attack", "by", "tries", "detected", "located", title="Tampering with every row")
    for column in table.columns[2:]:
        column.justify = "right"
    tried = Counter((each.attack, each.attacker) for each in tries)
    detected = Counter((each.attack, each.attacker) for each in tries if each.detected)
    located = Counter((each.attack, each.attacker) for each in tries if each.located)
    for attack, attacker in tried:
        of = tried[attack, attacker]
        table.add_row(
            attack,
            attacker,
            f"{of:,}",
            f"{detected[attack, attacker]:,}",
            f"{located[attack, attacker]:,}",
        )
    totals = (len(tries), detected.total(), located.total())
    table.add_row("all", "", *(f"{each:,}" for each in totals), style="bold")
    console.print(table)
    for each in [each for each in tries if not each.detected or not each.located][:10]:
        console.print(f"MISSED {each}", style="red", markup=False)
    console.print(f"{len(alarms):,} false alarms in {clean:,} untouched stores.")
    for alarm in alarms[:3]:
        console.print(alarm, style="red", markup=False)


if __name__ == "__main__":
    main()
