"""The part of the golden story that is about inventory: every fact of it."""

from __future__ import annotations

from dataclasses import replace

from api.commands.command import Command, KeyedCommand
from ledger.inventory.condition import Condition
from ledger.inventory.location_book import LocationBook
from ledger.inventory.stock import Stock
from tests.formats.story_of_credits import Step
from tests.scenarios.stock_commands import (
    HERE,
    THERE,
    adjust,
    confirm,
    lines,
    location,
    oversell,
    receive,
    release,
    reserve,
    ship,
    sweep,
    take_back,
    transfer,
    unit_cost,
)

OfInventory = LocationBook | Stock


def groups_of_inventory() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    return [
        ("2026-05-04T00:00:00Z", [*_stock_comes()]),
        ("2026-05-05T00:00:00Z", [*_stock_goes()]),
        ("2026-05-06T00:00:00Z", [sweep()]),
    ]


def groups_of_costs() -> list[tuple[str, list[Step]]]:
    """What units have cost, and what that does."""
    return [("2026-07-04T00:00:00Z", [*_stock_has_cost()])]


def _stock_comes() -> list[Command[object]]:
    """Two locations; units come, are counted and moved, and more than there is may be sold."""
    return _keyed(
        "stock comes",
        location(HERE, 1),
        location(THERE, 2, active=True),
        replace(receive(10), reference="PO-7"),
        receive(4, THERE),
        oversell(at=THERE),
        adjust(-1),
        adjust(2, condition=Condition.DAMAGED),
        replace(transfer(1), reference="van 1"),
        transfer(1, THERE, HERE),
    )


def _stock_goes() -> list[Command[object]]:
    """Reservations end in every way; one is left for time to end, another stays."""
    return _keyed(
        "stock goes",
        reserve("rsv_1", 15),
        confirm("rsv_1"),
        ship("rsv_1", 10),
        receive(3),
        reserve("rsv_2", 6, owner="order-2"),
        release("rsv_2", owner="order-2"),
        take_back("rsv_1", 10),
        release("rsv_1", 1),
        reserve("rsv_3", 1, owner="order-3"),
        reserve("rsv_4", 1, owner="order-4"),
        confirm("rsv_4", owner="order-4"),
    )


def _stock_has_cost() -> list[Command[object]]:
    """What units cost is said; each kind of movement takes some of it along."""
    return _keyed(
        "stock has cost",
        receive(7, sku="JAR"),
        receive(3, sku="JAR", cost=1_000),
        unit_cost(140, sku="JAR"),
        oversell(sku="JAR"),
        reserve("rsv_5", ("JAR", 12), owner="order-5"),
        confirm("rsv_5", owner="order-5"),
        ship("rsv_5", owner="order-5"),
        receive(4, sku="JAR", cost=700),
        replace(take_back("rsv_5", owner="order-5"), lines=lines(("JAR", 5))),
        replace(
            take_back("rsv_5", owner="order-5", condition=Condition.DAMAGED),
            lines=lines(("JAR", 1)),
        ),
        replace(adjust(-1), sku="JAR"),
        replace(transfer(2), sku="JAR"),
    )


def state_of_inventory(aggregate: OfInventory) -> list[object]:
    """What an aggregate of inventory remembers."""
    if isinstance(aggregate, LocationBook):
        return [aggregate.locations, aggregate.cost_currency]
    sums = [aggregate.on_hand, aggregate.reserved, aggregate.damaged, aggregate.allows_oversell]
    return [*sums, [[*part] for part in aggregate.open.values()], [*aggregate.valuation]]


def _keyed(name: str, *commands: KeyedCommand) -> list[Command[object]]:
    """Commands with keys that are the same in every process."""
    return [replace(each, key=f"{name} {n}") for n, each in enumerate(commands)]
