"""The campaign of renewals: subscriptions that live through periods while their processes die, and
then calm until nothing is left to do."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import psutil

from tests.faults.kills import CHILDREN, kill
from tests.faults.sandbox import FAULTS
from tests.faults.storm import DAY_S, DUE, HEARD, SET_BACK, OnEnded
from tests.faults.subscriptions.invariants import Left, broken
from tests.faults.subscriptions.subscribers import subscribe_all
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

VICTIMS = ("jobs", "writer", "jobs", "service")
PERIOD_S = 31 * DAY_S
SETTLED_S = 600.0
LOOK_S = 0.1
GONE_S = 30.0

_STEPS = """
SELECT count(*) FROM tally.events
 WHERE org = %s AND type IN ('subscriptions.PeriodOpened', 'invoices.PaymentApplied',
                             'credits.CreditsGranted')
"""
_BEHIND = """
SELECT count(*) FROM tally.subscription_states
 WHERE org = %s AND NOT (status = 'active' AND state -> 'owed' = '{}'::jsonb
                         AND (state ->> 'end_us')::bigint > %s)
"""
_CALLS = "SELECT count(*) FROM tally.effects WHERE ended_us IS NULL"


@dataclass
class RenewalStorm:
    """So many subscriptions that renew so often, under so many kills, from one seed. It begins as
    many periods ago as there are, and ends now: what is compared with a clock of somebody else's is
    never too old for it."""

    subscriptions: int
    periods: int
    kills: int
    seed: int
    org: str = "club"
    on_ended: OnEnded = lambda _: None
    killed: Counter[str] = field(default_factory=Counter)

    def set_back(self, world: World) -> None:
        """Have the clock of a world whose service has not started yet begin when this does."""
        world.controls.set_clock(-self.periods * PERIOD_S)

    def run(self, world: World) -> dict[str, int]:
        """Have all of it happen, and return what is broken then."""
        draw, account = random.Random(self.seed), world.sandbox
        assert account is not None
        subscribe_all(world, self.org, self.subscriptions)
        self._until_paid(world, self.periods)
        asyncio.run(account.control("/faults", "PUT", seed=self.seed, **FAULTS))
        for period in range(1, self.periods + 1):
            self._wake(world, self.periods - period)
            self._kill(world, draw, period)
            self._until_paid(world, self.periods - period)
            self.on_ended(period * self.subscriptions)
        self._settle(world)
        with closing(SandboxBook(world.sandbox_home)) as book:
            return broken(Left(world, self.org, book, self.subscriptions, self.periods + 1))

    def _wake(self, world: World, periods_ago: int) -> None:
        """Have the service, killed while it slept, wake up so long ago: a scheduler that runs would
        do what it missed of every five seconds first."""
        process = psutil.Process(world.process.pid)
        family = [process, *process.children(recursive=True)]
        world.end_service()
        for each in family[1:]:
            if each.is_running():
                each.kill()
        psutil.wait_procs(family, timeout=GONE_S)
        world.controls.set_clock(-periods_ago * PERIOD_S)
        world.start_service()
        world.change(SET_BACK)
        self.killed["asleep"] += 1

    def _kill(self, world: World, draw: random.Random, period: int) -> None:
        """Kill, evenly over the steps of a period."""
        whole = 3 * self.subscriptions
        count = self.kills * period // self.periods - self.kills * (period - 1) // self.periods
        ((before,),) = world.ask(_STEPS, self.org)
        for step in sorted(draw.randrange(whole) for _ in range(count)):
            victim = draw.choice(VICTIMS)
            self._until(world, partial(self._has_come_to, world, before + step))
            time.sleep(draw.uniform(0, 0.2))
            if victim != "service":
                self._until(world, partial(world.processes, CHILDREN[victim]))
            kill(world, victim, draw)
            world.change(SET_BACK)  # as if it had been dead for long
            self.killed[victim] += 1

    def _settle(self, world: World) -> None:
        """Have nothing fail any more, until nothing is left to be told or done."""
        assert world.sandbox is not None
        asyncio.run(world.sandbox.control("/faults", "PUT"))
        calm_us = time.time_ns() // 1000
        self._until(world, lambda: self._is_settled(world, calm_us))

    def _is_settled(self, world: World, calm_us: int) -> bool:
        """Tell whether all was told, or asked for since it is calm, and all is done."""
        assert world.sandbox is not None
        untold = asyncio.run(world.sandbox.control("/deliveries"))["deliveries"]
        ((heard_us,),) = world.ask(HEARD)
        return not untold and heard_us >= calm_us and world.ask(_CALLS) == [(0,)]

    def _until_paid(self, world: World, periods_ago: int) -> None:
        """Wait until all are paid for the time that it is."""
        now_us = time.time_ns() // 1000 - periods_ago * PERIOD_S * 10**6
        self._until(world, lambda: world.ask(_BEHIND, self.org, now_us) == [(0,)])

    def _has_come_to(self, world: World, step: int) -> bool:
        ((count,),) = world.ask(_STEPS, self.org)
        return bool(count >= step)

    def _until(self, world: World, is_so: Callable[[], object]) -> None:
        """Wait until something is so; what is to be tried later is tried now."""
        deadline = time.monotonic() + SETTLED_S
        while not is_so():
            assert time.monotonic() < deadline, f"calls wait: {world.ask(_CALLS)}"
            world.change(DUE)
            time.sleep(LOOK_S)
