"""Stock of a store: what comes, is reserved, is shipped in part, comes back, and is ordered."""

from __future__ import annotations

from api.commands.command import Command
from tests.scenarios.stock_commands import (
    HERE,
    THERE,
    adjust,
    confirm,
    location,
    oversell,
    receive,
    release,
    reserve,
    ship,
    take_back,
    transfer,
    unit_cost,
)
from tests.tamper.ordered import ordered


def stocked() -> list[Command[object]]:
    """Every kind of fact of inventory, but for what time brings, and what is ordered of it."""
    return [
        *(location(HERE, 1), location(THERE, 2), receive(9, cost=1_000), receive(2, THERE)),
        *(
            adjust(-1),
            unit_cost(70),
            transfer(1),
            oversell(at=THERE),
            reserve("r1", 5),
            reserve("r2", 2),
        ),
        *(confirm("r1"), ship("r1", 2), take_back("r1", 1), release("r1", 1)),
        *ordered(),
    ]
