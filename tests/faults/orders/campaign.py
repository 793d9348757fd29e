"""The campaign of orders: customers of a shop, while whatever sells and whoever is paid is
killed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import ClassVar

from tests.faults.orders.customers import Customers
from tests.faults.orders.errands import WEIGHTS, WEIGHTS_OF_CAPTURES, errands
from tests.faults.orders.invariants import Left, broken
from tests.faults.orders.shop import open_shop
from tests.faults.orders.told import ToldOfOrders
from tests.faults.storm import Storm
from tests.faults.world import World
from tests.sandbox_book import SandboxBook


@dataclass
class OrderStorm(Storm):
    """So many orders and kills."""

    told: ToldOfOrders = field(default_factory=ToldOfOrders)

    ORG: ClassVar = "store"
    CAPTURE: ClassVar = "now"
    KINDS: ClassVar = WEIGHTS
    VICTIMS: ClassVar = ("jobs", "sandbox", "writer", "service", "postgres")
    WAITING: ClassVar = "SELECT count(*) FROM tally.order_states WHERE waits_us IS NOT NULL"

    def set_up(self, world: World) -> str:
        key = super().set_up(world)
        open_shop(world, self.ORG, self.wanted, self.CAPTURE)
        return key

    async def buy(self, world: World, key: str, book: SandboxBook, draw: random.Random) -> None:
        assert world.sandbox is not None
        at_shipment = self.CAPTURE == CaptureStorm.CAPTURE
        customers = Customers(world.url, key, world.sandbox, book, self.told, at_shipment)
        await customers.run(errands(self.wanted, self.KINDS, draw))

    def broken(self, world: World, book: SandboxBook) -> dict[str, int]:
        return broken(Left(world, self.ORG, book, self.told, self.wanted))


@dataclass
class CaptureStorm(OrderStorm):
    """The same where banks keep the money of orders until it is captured."""

    ORG: ClassVar = "warehouse"
    CAPTURE: ClassVar = "at_shipment"
    WAITING: ClassVar = f"{OrderStorm.WAITING} AND payment_status <> 'authorised'"
    KINDS: ClassVar = WEIGHTS_OF_CAPTURES
