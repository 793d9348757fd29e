"""The campaign of purchases: buyers of credits, while the service and its jobs are killed."""

from __future__ import annotations

import random
from typing import ClassVar

from tests.faults.purchases.buyers import Buyers
from tests.faults.purchases.errands import errands
from tests.faults.purchases.invariants import Left, broken
from tests.faults.storm import Storm
from tests.faults.world import World
from tests.sandbox_book import SandboxBook


class PurchaseStorm(Storm):
    """So many purchases and kills."""

    ORG: ClassVar = "shop"
    VICTIMS: ClassVar = ("service", "jobs")
    WAITING: ClassVar = "SELECT count(*) FROM tally.purchase_states WHERE waits_us IS NOT NULL"

    async def buy(self, world: World, key: str, book: SandboxBook, draw: random.Random) -> None:
        assert world.sandbox is not None
        buyers = Buyers(world.url, key, world.sandbox, book, self.told)
        await buyers.run(errands(self.wanted, draw))

    def broken(self, world: World, book: SandboxBook) -> dict[str, int]:
        return broken(Left(world, self.ORG, book, self.told))
