"""Facts of shipments: one is made, leaves, arrives or is given up; and what is never sent."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

import msgspec

from ledger.fulfilment.fulfilment_base import FulfilmentBase, FulfilmentFact
from ledger.fulfilment.goods import GoodsLine
from ledger.fulfilment.shipment import Shipment, ShipmentStatus, Tracking
from ledger.inventory.reservation import Part
from ledger.kernel.aggregate import FirstFact


class FulfilmentOpened(FulfilmentFact, FirstFact):
    """There is something to say of the goods of an order: which there are."""

    TOPIC: ClassVar[str] = "fulfilment.FulfilmentOpened"
    goods: list[GoodsLine]


class ShipmentCreated(FulfilmentFact):
    """Units are to be sent together, from one `location`, or from wherever they are reserved.
    `user`: whose order it is; none: a guest's."""

    TOPIC: ClassVar[str] = "fulfilment.ShipmentCreated"
    fingerprint: str
    shipment: str
    lines: list[GoodsLine]
    user: str | None = None
    location: str | None = None
    tracking: Tracking | None = None

    def apply(self, aggregate: FulfilmentBase) -> None:
        made = Shipment(self.lines, self.location, self.tracking)
        aggregate.shipments = {**aggregate.shipments, self.shipment: made}


class ShipmentShipped(FulfilmentFact):
    """The units have left. `parts`: what of the stock that is reserved for the order; of what no
    stock is kept there is none."""

    TOPIC: ClassVar[str] = "fulfilment.ShipmentShipped"
    fingerprint: str
    shipment: str
    parts: list[Part] = field(default_factory=list)
    tracking: Tracking | None = None

    def apply(self, aggregate: FulfilmentBase) -> None:
        moves(
            aggregate,
            self.shipment,
            status=ShipmentStatus.SHIPPED,
            parts=self.parts,
            tracking=self.tracking,
        )


class ShipmentDelivered(FulfilmentFact):
    """The units have arrived."""

    TOPIC: ClassVar[str] = "fulfilment.ShipmentDelivered"
    fingerprint: str
    shipment: str

    def apply(self, aggregate: FulfilmentBase) -> None:
        moves(aggregate, self.shipment, status=ShipmentStatus.DELIVERED)


class ShipmentCancelled(FulfilmentFact):
    """The units are not sent together: they can be in another shipment."""

    TOPIC: ClassVar[str] = "fulfilment.ShipmentCancelled"
    shipment: str
    fingerprint: str = ""

    def apply(self, aggregate: FulfilmentBase) -> None:
        moves(aggregate, self.shipment, status=ShipmentStatus.CANCELLED)


class GoodsWithdrawn(FulfilmentFact):
    """Units are never sent: their money is back by a refund."""

    TOPIC: ClassVar[str] = "fulfilment.GoodsWithdrawn"
    refund: str
    lines: list[GoodsLine]

    def apply(self, aggregate: FulfilmentBase) -> None:
        after = dict(aggregate.withdrawn)
        for each in self.lines:
            after[each.line] = after.get(each.line, 0) + each.units
        aggregate.withdrawn = after


def moves(fulfilment: FulfilmentBase, shipment: str, **changed: object) -> None:
    """Take in that a shipment is elsewhere."""
    there = msgspec.structs.replace(fulfilment.shipments[shipment], **changed)
    fulfilment.shipments = {**fulfilment.shipments, shipment: there}
