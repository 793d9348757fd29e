"""The shipment: units of an order's lines that are sent together, and where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from ledger.fulfilment.goods import GoodsLine, LineUnits
from ledger.inventory.reservation import Part
from ledger.kernel.errors import Invalid


class ShipmentStatus(StrEnum):
    """Where a shipment is."""

    CREATED = "created"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


NEXT_OF: Mapping[ShipmentStatus, tuple[ShipmentStatus, ...]] = {
    ShipmentStatus.CREATED: (ShipmentStatus.SHIPPED, ShipmentStatus.CANCELLED),
    ShipmentStatus.SHIPPED: (ShipmentStatus.DELIVERED,),
    ShipmentStatus.DELIVERED: (),
    ShipmentStatus.CANCELLED: (),
}
"""Where a shipment can go."""


class Tracking(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which carrier a shipment goes, under which number of theirs, and where they tell how far
    it is."""

    carrier: str | None = None
    number: str | None = None
    url: str | None = None


class Shipment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A shipment. `location`: from where it is sent, if only from there; `parts`: what of the stock
    has left with it."""

    lines: list[GoodsLine]
    location: str | None = None
    tracking: Tracking | None = None
    status: ShipmentStatus = ShipmentStatus.CREATED
    parts: list[Part] = []

    def check_next(self, to: ShipmentStatus) -> None:
        """Raise Invalid where it cannot go there; it names where it can."""
        allowed = NEXT_OF[self.status]
        if to not in allowed:
            can = ", ".join(allowed) or "nothing"
            raise Invalid(
                f"the shipment is {self.status}: it can become {can}, not {to}.", field="status"
            )


def lines_of(
    goods: Iterable[GoodsLine], withdrawn: Mapping[int, int], shipments: Iterable[Shipment]
) -> list[LineUnits]:
    """Return what became of the units of each line, by the shipments that there are."""
    counted = {status: Counter[int]() for status in ShipmentStatus}
    for shipment in shipments:
        for each in shipment.lines:
            counted[shipment.status][each.line] += each.units
    delivered = counted[ShipmentStatus.DELIVERED]
    return [
        LineUnits(
            each,
            withdrawn.get(each.line, 0),
            counted[ShipmentStatus.CREATED][each.line],
            counted[ShipmentStatus.SHIPPED][each.line] + delivered[each.line],
            delivered[each.line],
        )
        for each in goods
    ]
