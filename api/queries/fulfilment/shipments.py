"""Shipments: the list of them, and what is sent of one order, from its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from api.queries.lists import ModelList
from api.queries.reader import Reader
from ledger.fulfilment.goods import GoodsLine, LineUnits
from ledger.fulfilment.shipment import Shipment, ShipmentStatus, Tracking, lines_of
from ledger.inventory.reservation import Part
from ledger.kernel.decoding import converted


class ListedShipment(NamedTuple):
    """A shipment of a list; times in microseconds."""

    id: str
    order_id: str
    owner: str | None
    status: str
    location: str | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    lines: int
    units: int
    created_us: int
    shipped_us: int | None
    delivered_us: int | None
    cancelled_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.created_us, self.id


SHIPMENTS = ModelList("shipments", "fulfilment/shipments", ListedShipment)


class FoundShipment(NamedTuple):
    """A shipment of an order; times in microseconds."""

    id: str
    shipment: Shipment
    created_us: int
    shipped_us: int | None = None
    delivered_us: int | None = None
    cancelled_us: int | None = None


class FoundFulfilment(NamedTuple):
    """What is sent of an order: its goods, its shipments, those that were made first first, and how
    many units of each line are never sent."""

    goods: list[GoodsLine]
    shipments: dict[str, FoundShipment]
    withdrawn: dict[int, int]

    def lines(self) -> list[LineUnits]:
        """Return what became of the units of each line."""
        return lines_of(
            self.goods, self.withdrawn, (each.shipment for each in self.shipments.values())
        )


async def fulfilment_of(reader: Reader, org: str, order: str) -> FoundFulfilment:
    """Return what is sent of an order, as it is now; nothing where nothing was."""
    rows = await reader.rows(org, "fulfilment/history", {"org": org, "id": order})
    return _folded([(row["type"], row["recorded_us"], row["body"]) for row in rows])


def _folded(history: Sequence[tuple[str, int, dict[str, Any]]]) -> FoundFulfilment:
    found = FoundFulfilment([], {}, {})
    for kind, at_us, body in history:
        match kind:
            case "fulfilment.FulfilmentOpened":
                found.goods.extend(converted(body["goods"], list[GoodsLine]))
            case "fulfilment.GoodsWithdrawn":
                for each in converted(body["lines"], list[GoodsLine]):
                    found.withdrawn[each.line] = found.withdrawn.get(each.line, 0) + each.units
            case "fulfilment.ShipmentCreated":
                made: Shipment = converted(
                    {name: body[name] for name in Shipment.__struct_fields__ if name in body},
                    Shipment,
                )
                found.shipments[body["shipment"]] = FoundShipment(body["shipment"], made, at_us)
            case _:
                before = found.shipments[body["shipment"]]
                found.shipments[body["shipment"]] = _moved(kind, at_us, body, before)
    return found


def _moved(kind: str, at_us: int, body: dict[str, Any], before: FoundShipment) -> FoundShipment:
    status, moment = _MOVES[kind]
    changed: dict[str, Any] = {"status": status}
    if status is ShipmentStatus.SHIPPED:
        changed["tracking"] = converted(body.get("tracking"), Tracking | None)
        changed["parts"] = converted(body.get("parts", []), list[Part])
    there = msgspec.structs.replace(before.shipment, **changed)
    moments: dict[str, Any] = {moment: at_us}
    return before._replace(shipment=there, **moments)


_MOVES = {
    "fulfilment.ShipmentShipped": (ShipmentStatus.SHIPPED, "shipped_us"),
    "fulfilment.ShipmentDelivered": (ShipmentStatus.DELIVERED, "delivered_us"),
    "fulfilment.ShipmentCancelled": (ShipmentStatus.CANCELLED, "cancelled_us"),
}
"""What facts move a shipment to, and which of its moments that is."""
