"""The campaign of purchases: buyers, kills meanwhile, and then calm until nothing is left to do."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from tests.faults.kills import CHILDREN, kill
from tests.faults.purchases.buyers import Buyers
from tests.faults.purchases.errands import errands
from tests.faults.purchases.invariants import Left, broken
from tests.faults.purchases.told import Told
from tests.faults.sandbox import FAULTS
from tests.faults.world import World
from tests.sandbox_book import SandboxBook
from tests.stripe_account import SandboxAccount

JOBS = "jobs"
VICTIMS = ("service", JOBS)
SETTLED_S = 600.0
MINUTE_S, DAY_S = 60, 24 * 3600

OnEnded = Callable[[int], None]
"""Is told how many errands are done."""

SET_BACK = "UPDATE tally_jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
DUE = "UPDATE tally_jobs.procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"
_LEFT = """
SELECT (SELECT count(*) FROM tally.effects WHERE ended_us IS NULL),
       (SELECT count(*) FROM tally.purchase_states WHERE waits_us IS NOT NULL)
"""
HEARD = """
SELECT coalesce(max(split_part(key, '/', 2)::bigint), 0) FROM tally.effects
 WHERE effect = 'missed-notices' AND outcome = 'done'
"""


@dataclass
class PurchaseStorm:
    """So many purchases and kills, from one seed."""

    purchases: int
    kills: int
    seed: int
    org: str = "shop"
    on_ended: OnEnded = lambda _: None
    killed: Counter[str] = field(default_factory=Counter)
    told: Told = field(default_factory=Told)

    def run(self, world: World) -> dict[str, int]:
        """Have all of it happen, and return what is broken then."""
        draw = random.Random(self.seed)
        key = self._set_up(world)
        account = world.sandbox
        assert account is not None
        asyncio.run(account.control("/faults", "PUT", seed=self.seed, **FAULTS))
        failures: list[BaseException] = []

        def buy() -> None:
            try:
                with closing(SandboxBook(world.sandbox_home)) as book:
                    buyers = Buyers(world.url, key, account, book, self.told)
                    asyncio.run(buyers.run(errands(self.purchases, draw)))
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=buy, name="buyers")
        thread.start()
        self._kill(world, thread, random.Random(self.seed + 1))
        while thread.is_alive():
            self.on_ended(self.told.ended)
            thread.join(1)
        if failures:
            raise failures[0]
        self._settle(world)
        self.on_ended(self.told.ended)
        with closing(SandboxBook(world.sandbox_home)) as book:
            return broken(Left(world, self.org, book, self.told))

    def _set_up(self, world: World) -> str:
        with world.operator() as service:
            service.call("POST", "/v1/orgs", {"id": self.org, "name": "Shop"})
            body = {"name": "shop", "role": "admin"}
            return str(service.call("POST", f"/v1/orgs/{self.org}/api-keys", body)["secret"])

    def _kill(self, world: World, buying: threading.Thread, draw: random.Random) -> None:
        """Kill, evenly over what is done."""
        victims = [VICTIMS[number % len(VICTIMS)] for number in range(self.kills)]
        draw.shuffle(victims)
        for number, victim in enumerate(victims, 1):
            while buying.is_alive() and self.told.ended * (self.kills + 1) < (
                number * self.purchases
            ):
                self.on_ended(self.told.ended)
                time.sleep(0.1)
            time.sleep(draw.uniform(0, 0.3))
            while victim == JOBS and not world.processes(CHILDREN[JOBS]):
                time.sleep(0.05)  # it is just coming back
            kill(world, victim, draw)
            world.change(SET_BACK)  # as if it had been dead for long
            self.killed[victim] += 1

    def _settle(self, world: World) -> None:
        """Have nothing fail any more and time pass, until nothing is left to be told or done."""
        assert world.sandbox is not None
        asyncio.run(world.sandbox.control("/faults", "PUT"))
        for seconds in (MINUTE_S, DAY_S):
            asyncio.run(world.sandbox.control("/clock", seconds=seconds))
        calm_us = time.time_ns() // 1000
        deadline = time.monotonic() + SETTLED_S
        while not self._is_settled(world, world.sandbox, calm_us):
            assert time.monotonic() < deadline, f"calls and purchases wait: {world.ask(_LEFT)}"
            world.change(DUE)
            time.sleep(0.5)

    def _is_settled(self, world: World, account: SandboxAccount, calm_us: int) -> bool:
        """Tell whether all was told, or asked for since it is calm, and all is done."""
        untold = asyncio.run(account.control("/deliveries"))["deliveries"]
        ((heard_us,),) = world.ask(HEARD)
        return not untold and heard_us >= calm_us and world.ask(_LEFT) == [(0, 0)]
