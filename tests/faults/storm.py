"""The storm: customers of an org that buy, kills meanwhile, and then calm until nothing is left to
do."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import ClassVar

from tests.faults.kills import CHILDREN, kill
from tests.faults.purchases.told import Told
from tests.faults.sandbox import FAULTS
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

SETTLED_S = 600.0
MINUTE_S, DAY_S = 60, 24 * 3600

OnEnded = Callable[[int], None]
"""Is told how many errands are done."""

SET_BACK = "UPDATE tally_jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
DUE = "UPDATE tally_jobs.procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"
HEARD = """
SELECT coalesce(max(split_part(key, '/', 2)::bigint), 0) FROM tally.effects
 WHERE effect = 'missed-notices' AND outcome = 'done'
"""
_CALLS = "SELECT count(*) FROM tally.effects WHERE ended_us IS NULL"


@dataclass
class Storm(ABC):
    """So many errands and kills, from one seed."""

    wanted: int
    kills: int
    seed: int
    on_ended: OnEnded = lambda _: None
    killed: Counter[str] = field(default_factory=Counter)
    told: Told = field(default_factory=Told)

    ORG: ClassVar[str]
    VICTIMS: ClassVar[tuple[str, ...]]
    WAITING: ClassVar[str]
    """Asks how many wait for the provider."""

    @abstractmethod
    async def buy(self, world: World, key: str, book: SandboxBook, draw: random.Random) -> None:
        """Do all errands, with the key of who may do all in the org."""

    @abstractmethod
    def broken(self, world: World, book: SandboxBook) -> dict[str, int]:
        """Return the invariants that do not hold, and how often."""

    def run(self, world: World) -> dict[str, int]:
        """Have all of it happen, and return what is broken then."""
        key = self.set_up(world)
        self._control(world, "/faults", "PUT", seed=self.seed, **FAULTS)
        failures: list[BaseException] = []

        def buy() -> None:
            try:
                with closing(SandboxBook(world.sandbox_home)) as book:
                    asyncio.run(self.buy(world, key, book, random.Random(self.seed)))
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
            return self.broken(world, book)

    def set_up(self, world: World) -> str:
        """Make the org, and return the key of who may do all in it."""
        with world.operator() as service:
            service.call("POST", "/v1/orgs", {"id": self.ORG, "name": self.ORG})
            body = {"name": self.ORG, "role": "admin"}
            return str(service.call("POST", f"/v1/orgs/{self.ORG}/api-keys", body)["secret"])

    def _kill(self, world: World, buying: threading.Thread, draw: random.Random) -> None:
        """Kill, evenly over what is done."""
        victims = [self.VICTIMS[number % len(self.VICTIMS)] for number in range(self.kills)]
        draw.shuffle(victims)
        for number, victim in enumerate(victims, 1):
            while buying.is_alive() and self.told.ended * (self.kills + 1) < number * self.wanted:
                self.on_ended(self.told.ended)
                time.sleep(0.1)
            time.sleep(draw.uniform(0, 0.3))
            while victim in CHILDREN and not world.processes(CHILDREN[victim]):
                time.sleep(0.05)  # it is just coming back
            kill(world, victim, draw)
            world.wait_for_postgresql()
            world.change(SET_BACK)  # as if it had been dead for long
            self.killed[victim] += 1

    def _settle(self, world: World) -> None:
        """Have nothing fail any more and time pass, until nothing is left to be told or done; then
        have the sandbox's clock be as it was."""
        self._control(world, "/faults", "PUT")
        self._control(world, "/clock", seconds=DAY_S)
        moved_s = DAY_S
        calm_us = time.time_ns() // 1000
        deadline = time.monotonic() + SETTLED_S
        while not self._is_settled(world, calm_us):
            left = [*world.ask(_CALLS), *world.ask(self.WAITING)]
            assert time.monotonic() < deadline, f"calls and payments wait: {left}"
            world.change(DUE)
            time.sleep(0.5)
            self._control(world, "/clock", seconds=MINUTE_S)  # what a bank was asked late, too
            moved_s += MINUTE_S
        self._control(world, "/clock", seconds=-moved_s)

    def _is_settled(self, world: World, calm_us: int) -> bool:
        """Tell whether all was told, or asked for since it is calm, and all is done."""
        untold = self._control(world, "/deliveries")["deliveries"]
        ((heard_us,),) = world.ask(HEARD)
        left = [*world.ask(_CALLS), *world.ask(self.WAITING)]
        return not untold and heard_us >= calm_us and left == [(0,), (0,)]

    def _control(
        self, world: World, path: str, method: str = "POST", **given: object
    ) -> dict[str, object]:
        assert world.sandbox is not None
        answer: dict[str, object] = asyncio.run(world.sandbox.control(path, method, **given))
        return answer
