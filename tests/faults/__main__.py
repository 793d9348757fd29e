"""`make faults`: each fault so often under load, and what it has left; prints its seed."""

from __future__ import annotations

import argparse
import random
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ledger.kernel.alarms import Alarm
from tests.faults.campaign import Fault, Outcome, Run, campaign
from tests.faults.catalogue import FAULTS, OF_POSTGRESQL, PLANTS
from tests.faults.full_disks import full_disks
from tests.faults.inside import clock_that_is_set, missed_within_a_minute
from tests.faults.invariants import faults_of_ours
from tests.faults.load import Load
from tests.faults.orders.campaign import CaptureStorm, OrderStorm
from tests.faults.purchases.buyers import CLIENTS
from tests.faults.purchases.campaign import PurchaseStorm
from tests.faults.storm import Storm
from tests.faults.subscriptions.campaign import RenewalStorm
from tests.faults.world import World

LONG = 30.0 / 1.6
"""How much longer what stands still does so than in the short form: 30 s."""

BACK_WITHIN_S = 2.0
KILLS, KILLS_OF_ORDERS = 50, 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=1, help="of each fault")
    parser.add_argument(
        "--only",
        action="append",
        help="a fault's name, disks, purchases, orders, captures or subscriptions",
    )
    parser.add_argument("--purchases", type=int, default=2_000)
    parser.add_argument("--orders", type=int, default=3_000)
    parser.add_argument("--subscriptions", type=int, default=200)
    parser.add_argument("--periods", type=int, default=6)
    parser.add_argument("--kills", type=int, default=None, help="50; of orders 100")
    parser.add_argument("--home", type=Path, help="a folder to work in, which is kept")
    arguments = parser.parse_args()
    seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    only = set(arguments.only or ())
    faults = [each for each in FAULTS if not only or each.__name__ in only]
    has_failed = False
    with ExitStack() as stack:
        home = arguments.home or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tally-faults-"))
        )
        home.mkdir(parents=True, exist_ok=True)
        if faults:
            has_failed |= _faults(home / "world", faults, seed, arguments.rounds)
        if not only or "disks" in only:
            said = full_disks(home / "disks", seed, arguments.rounds)
            print(said.stdout or said.reason)
            has_failed |= said.failed
        if not only or "purchases" in only:
            purchases = PurchaseStorm(arguments.purchases, arguments.kills or KILLS, seed)
            has_failed |= _bought(home / "shop", "purchases", purchases)
            print(f"{len(purchases.told.refunds):,} refunds asked for")
        for what, kind in (("orders", OrderStorm), ("captures", CaptureStorm)):
            if only and what not in only:
                continue
            orders = kind(arguments.orders, arguments.kills or KILLS_OF_ORDERS, seed)
            has_failed |= _bought(home / what, what, orders)
            print(
                f"{len(orders.told.placed):,} placed, others refused: {dict(orders.told.refused)}"
            )
        if not only or "subscriptions" in only:
            renewals = RenewalStorm(
                arguments.subscriptions, arguments.periods, arguments.kills or KILLS, seed
            )
            has_failed |= _subscriptions(home / "club", renewals)
    print(f"seed {seed}")
    return int(has_failed)


def _faults(folder: Path, faults: Sequence[Fault], seed: int, rounds: int) -> bool:
    """Have each fault happen under load; tell whether anything is broken."""
    outcomes = []
    with World(folder, plants=PLANTS) as world:
        load = Load(world, ["storm-1"], seed)
        load.set_up()
        run = Run(world, load, random.Random(seed), patience=LONG)
        for fault in faults:
            outcomes.append(campaign(run, fault, rounds))
            print(outcomes[-1], flush=True)
        print(dict(load.told.statuses))
        print("alarms", _alarms(world))
    return any(map(_failed, outcomes))


def _bought(folder: Path, what: str, storm: Storm) -> bool:
    """Run a campaign of customers; tell whether anything is broken."""
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with World(folder, plants=(missed_within_a_minute.__name__,), sells=True) as world:
        began = time.monotonic()
        with Progress(*columns) as bar:
            task = bar.add_task("", total=storm.wanted)
            storm.on_ended = lambda ended: bar.update(task, completed=ended)
            found = storm.run(world)
        alarms = _alarms(world)
    found |= _faults_of_ours(alarms)
    told = storm.told
    print(
        f"{storm.wanted:,} {what} by {CLIENTS} clients in {time.monotonic() - began:,.0f} s, "
        f"killed {dict(storm.killed)}, {told.unanswered:,} unanswered, {dict(told.statuses)}, "
        f"alarms {alarms}"
    )
    print(f"{what}: {f'BROKEN {found}' if found else 'all hold'}", flush=True)
    return bool(found)


def _subscriptions(folder: Path, storm: RenewalStorm) -> bool:
    """Run the campaign of renewals; tell whether anything is broken."""
    columns = TextColumn("renewals"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    plants = (clock_that_is_set.__name__, missed_within_a_minute.__name__)
    world = World(folder, plants=plants, sells=True, is_clock_still=True)
    storm.set_back(world)
    with world:
        began = time.monotonic()
        with Progress(*columns) as bar:
            task = bar.add_task("", total=storm.subscriptions * storm.periods)
            storm.on_ended = lambda ended: bar.update(task, completed=ended)
            found = storm.run(world)
        alarms = _alarms(world)
    found |= _faults_of_ours(alarms)
    print(
        f"{storm.subscriptions:,} subscriptions renewed {storm.periods} times in "
        f"{time.monotonic() - began:,.0f} s, killed {dict(storm.killed)}, alarms {alarms}"
    )
    print(f"subscriptions: {f'BROKEN {found}' if found else 'all hold'}", flush=True)
    return bool(found)


def _alarms(world: World) -> dict[str, int]:
    """Return what was raised, and how often; what a fault of ours was is printed."""
    alarms = dict(world.ask("SELECT alarm, times FROM tally.alarms"))
    if Alarm.FAULT_OF_OURS in alarms:
        print(_tracebacks(world.log.read_text("utf-8")))
    return alarms


def _faults_of_ours(alarms: Mapping[str, int]) -> dict[str, int]:
    """Return what is broken where a process met a fault of its own, whatever else holds."""
    times = alarms.get(Alarm.FAULT_OF_OURS, 0)
    return {faults_of_ours.__name__: times} if times else {}


def _tracebacks(log: str) -> str:
    """Return what a log says of faults of ours: each with the line before it."""
    return "\n".join(re.findall(r"^.*\nTraceback (?:.*\n)+?(?=\S)\S.*$", log, re.M))


def _failed(outcome: Outcome) -> bool:
    is_bound = outcome.fault in {each.__name__ for each in OF_POSTGRESQL}
    return bool(outcome.broken) or (is_bound and outcome.served_again_s > BACK_WITHIN_S)


if __name__ == "__main__":
    sys.exit(main())
