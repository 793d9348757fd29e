"""Commands on locations, stock and reservations, in a line each, and what is there now."""

from __future__ import annotations

from typing import Any

from api.commands.due import FallDue
from api.commands.inventory.locations import SetLocation
from api.commands.inventory.reservations import (
    ConfirmReservation,
    ReleaseReservation,
    ReserveStock,
    ReturnStock,
    ShipReservation,
)
from api.commands.inventory.stock import (
    AdjustStock,
    ReceiveStock,
    SetOversell,
    SetUnitCost,
    TransferStock,
)
from ledger.inventory.condition import Condition
from ledger.inventory.cost_inspection import CostInspection
from ledger.inventory.inspection import StockInspection
from ledger.inventory.location import Location
from ledger.inventory.reservation import StockLine
from ledger.inventory.stock_cost import Outlay
from ledger.kernel.limits import RESERVATION_DEFAULT_US
from ledger.kernel.report import Report
from ledger.kernel.texts import REASON
from ledger.registry import fact_of
from tests.scenarios.commands import ACTOR, ORG, sealed
from tests.scenarios.world import World

SKU = "MUG"
HERE, THERE = "berlin", "paris"
MINUTE_US = 60 * 1_000_000


def _keys() -> Any:
    number = 0
    while True:
        number += 1
        yield f"stock {number}"


_fresh = _keys()


def _asked(key: str | None, **sent: object) -> dict[str, Any]:
    return {"org": ORG, "actor": ACTOR, "key": key or next(_fresh), "sent": sent}


def location(id: str = HERE, priority: int = 0, *, active: bool = True) -> SetLocation:
    """A place where stock is kept."""
    return SetLocation(**_asked(None, id=id), location=Location(id, id.title(), priority, active))


def receive(
    quantity: int,
    at: str = HERE,
    sku: str = SKU,
    key: str | None = None,
    *,
    cost: int | None = None,
    currency: str = "usd",
) -> ReceiveStock:
    """Units come in, for what all of them have cost."""
    said = {} if cost is None else {"cost": cost}
    asked = _asked(key, at=at, sku=sku, quantity=quantity, **said)
    paid = None if cost is None else Outlay(cost, currency)
    return ReceiveStock(**asked, location=at, sku=sku, quantity=quantity, paid=paid)


def unit_cost(cost: int, at: str = HERE, sku: str = SKU, currency: str = "usd") -> SetUnitCost:
    """A person says what a unit has cost."""
    asked = _asked(None, at=at, sku=sku, cost=cost)
    return SetUnitCost(**asked, location=at, sku=sku, paid=Outlay(cost, currency))


def oversell(allowed: bool = True, at: str = HERE, sku: str = SKU) -> SetOversell:
    """More than there is may be sold, or not."""
    return SetOversell(**_asked(None, at=at), location=at, sku=sku, allowed=allowed)


def adjust(quantity: int, at: str = HERE, condition: Condition = Condition.SELLABLE) -> AdjustStock:
    """A person has counted."""
    reason = sealed("counted", REASON, ACTOR.subject)
    return AdjustStock(
        **_asked(None, at=at, quantity=quantity),
        location=at,
        sku=SKU,
        quantity=quantity,
        condition=condition,
        reason=reason,
    )


def transfer(quantity: int, at: str = HERE, to: str = THERE) -> TransferStock:
    """Units go from a place to another."""
    asked = _asked(None, at=at, to=to, quantity=quantity)
    return TransferStock(**asked, location=at, sku=SKU, to=to, quantity=quantity)


def lines(*wanted: int | tuple[str, int] | tuple[str, int, str]) -> tuple[StockLine, ...]:
    """Lines: a number is of the one SKU."""
    return tuple(
        StockLine(SKU, each) if isinstance(each, int) else StockLine(*each) for each in wanted
    )


def reserve(
    reservation: str,
    *wanted: int | tuple[str, int] | tuple[str, int, str],
    owner: str = "order-1",
    lasts_us: int = RESERVATION_DEFAULT_US,
    key: str | None = None,
) -> ReserveStock:
    """Units are set aside."""
    return ReserveStock(
        **_asked(key, wanted=list(wanted), owner=owner),
        reservation=reservation,
        owner=owner,
        lines=lines(*wanted),
        lasts_us=lasts_us,
    )


def confirm(reservation: str, owner: str = "order-1") -> ConfirmReservation:
    """Time does not end them any more."""
    return ConfirmReservation(**_asked(None, id=reservation), reservation=reservation, owner=owner)


def release(
    reservation: str, *some: int | tuple[str, int], owner: str = "order-1"
) -> ReleaseReservation:
    """They are set aside no more."""
    return ReleaseReservation(
        **_asked(None, id=reservation),
        reservation=reservation,
        owner=owner,
        lines=lines(*some),
    )


def ship(reservation: str, *some: int | tuple[str, int], owner: str = "order-1") -> ShipReservation:
    """They leave."""
    return ShipReservation(
        **_asked(None, id=reservation),
        reservation=reservation,
        owner=owner,
        lines=lines(*some),
    )


def take_back(
    reservation: str,
    *some: int,
    owner: str = "order-1",
    condition: Condition = Condition.SELLABLE,
    to: str | None = None,
) -> ReturnStock:
    """They come back."""
    return ReturnStock(
        **_asked(None, id=reservation),
        reservation=reservation,
        owner=owner,
        lines=lines(*some),
        condition=condition,
        location=to,
    )


def sweep(at: str = HERE, sku: str = SKU) -> FallDue:
    """What time has ended is recorded."""
    return FallDue(ORG, ACTOR, f"stock/{at}/{sku}")


def level(world: World, at: str = HERE, sku: str = SKU) -> tuple[int, int, int]:
    """On hand, reserved and damaged, as the row says."""
    rows = world.event_store.kept_rows("stock_levels", [(ORG, at, sku)])
    if not rows:
        return 0, 0, 0
    return rows[0]["on_hand"], rows[0]["reserved"], rows[0]["damaged"]


def worth(world: World, at: str = HERE, sku: str = SKU) -> int:
    """What the units on hand have cost together, as the row says."""
    rows = world.event_store.kept_rows("stock_levels", [(ORG, at, sku)])
    return int(rows[0]["value"]) if rows else 0


def verify(world: World) -> Report:
    """What the checks of stock find."""
    report = Report()
    inspections = [StockInspection(report), CostInspection(report)]
    for event in world.event_store.select_positions(0, 100_000):
        for inspection in inspections:
            inspection.see(event, fact_of(event))
    return report
