"""The fulfilment: the goods of one order and its shipments. Its table of contents: what it can
decide.

All shipments of an order are decided here, so that of any number at once each unit is in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple

from ledger.fulfilment import shipment_facts
from ledger.fulfilment.fulfilment_base import FulfilmentBase, FulfilmentFact
from ledger.fulfilment.goods import GoodsLine, LineUnits, goods_of
from ledger.fulfilment.shipment import Shipment, ShipmentStatus, Tracking
from ledger.inventory.reservation import Part
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.ids import stream_id
from ledger.kernel.limits import SHIPMENTS_PER_ORDER_MAX
from ledger.ordering.order_terms import OrderTerms

FULFILMENT_STREAM = "fulfilment"


class AskedGoods(NamedTuple):
    """What is to be sent of a line: so many units; without: all that are left."""

    line: int
    units: int | None = None


class Fulfilment(FulfilmentBase):
    """The goods of one order, on their way."""

    TOPIC: ClassVar[str] = "fulfilment.Fulfilment"
    STREAM: ClassVar[str] = f"{FULFILMENT_STREAM}/"

    def __init__(self, goods: list[GoodsLine]) -> None:
        super().__init__(goods)

    # -- facts -------------------------------------------------------------------------------

    Event = FulfilmentFact
    FulfilmentOpened = shipment_facts.FulfilmentOpened
    ShipmentCreated = shipment_facts.ShipmentCreated
    ShipmentShipped = shipment_facts.ShipmentShipped
    ShipmentDelivered = shipment_facts.ShipmentDelivered
    ShipmentCancelled = shipment_facts.ShipmentCancelled
    GoodsWithdrawn = shipment_facts.GoodsWithdrawn

    # -- decisions ---------------------------------------------------------------------------

    @classmethod
    def open(cls, org: str, order: str, terms: OrderTerms, at: datetime) -> Fulfilment:
        """Begin with the goods of an order."""
        return cls._create(
            cls.FulfilmentOpened,
            id=fulfilment_id(org, order),
            timestamp=at,
            goods=goods_of(terms),
        )

    def create(
        self,
        shipment: str,
        asked: Sequence[AskedGoods],
        going_back: Mapping[int, int],
        at: datetime,
        *,
        user: str | None,
        location: str | None,
        tracking: Tracking | None,
        fingerprint: str,
    ) -> None:
        """Make a shipment of what is asked, or of all that is in none. `going_back`: units that are
        about to be paid back. Raises Invalid and Conflict."""
        if len(self.shipments) >= SHIPMENTS_PER_ORDER_MAX:
            raise Conflict(f"an order has at most {SHIPMENTS_PER_ORDER_MAX} shipments.", field="id")
        left = {each.goods.line: _left(each, going_back) - each.allotted for each in self.lines()}
        self.trigger_event(
            self.ShipmentCreated,
            timestamp=at,
            fingerprint=fingerprint,
            shipment=shipment,
            lines=self._named(asked, left) if asked else self._all(left),
            user=user,
            location=location,
            tracking=tracking,
        )

    def check_ship(self, shipment: str, going_back: Mapping[int, int]) -> Shipment:
        """Return a shipment that can leave. Raises NotFound, Invalid, and Conflict where some of
        its units are not to be sent any more."""
        found = self.find(shipment)
        found.check_next(ShipmentStatus.SHIPPED)
        left = {each.goods.line: _left(each, going_back) for each in self.lines()}
        for each in found.lines:
            if each.units > left[each.line]:
                raise Conflict(
                    f"of line {each.line} only {left[each.line]} units are to be sent, the rest "
                    "goes back or has left: cancel the shipment, and create one of these.",
                    field="lines",
                )
        return found

    def ship(
        self,
        shipment: str,
        parts: list[Part],
        tracking: Tracking | None,
        at: datetime,
        *,
        fingerprint: str,
    ) -> None:
        """Have a shipment leave that can. `tracking`: what is known of that only now."""
        self.trigger_event(
            self.ShipmentShipped,
            timestamp=at,
            fingerprint=fingerprint,
            shipment=shipment,
            parts=parts,
            tracking=tracking or self.shipments[shipment].tracking,
        )

    def deliver(self, shipment: str, at: datetime, *, fingerprint: str) -> None:
        """Have a shipment be there. Raises NotFound and Invalid."""
        self.find(shipment).check_next(ShipmentStatus.DELIVERED)
        self.trigger_event(
            self.ShipmentDelivered, timestamp=at, fingerprint=fingerprint, shipment=shipment
        )

    def cancel(self, shipment: str, at: datetime, *, fingerprint: str = "") -> None:
        """Give a shipment up that has not left. Raises NotFound and Invalid."""
        self.find(shipment).check_next(ShipmentStatus.CANCELLED)
        self.trigger_event(
            self.ShipmentCancelled, timestamp=at, shipment=shipment, fingerprint=fingerprint
        )

    def cancel_all(self, at: datetime) -> None:
        """Give up what has not left."""
        for name, each in self.shipments.items():
            if each.status is ShipmentStatus.CREATED:
                self.cancel(name, at)

    def withdraw(self, refund: str, units: Mapping[int, int], at: datetime) -> list[GoodsLine]:
        """Have units never be sent that were paid back, as far as they have not left; return
        them."""
        found = [
            GoodsLine(each.goods.line, each.goods.sku, min(each.to_ship, units[each.goods.line]))
            for each in self.lines()
            if each.goods.line in units
        ]
        gone = [each for each in found if each.units]
        if gone:
            self.trigger_event(self.GoodsWithdrawn, timestamp=at, refund=refund, lines=gone)
        return gone

    def find(self, shipment: str) -> Shipment:
        """Return a shipment. Raises NotFound."""
        if shipment not in self.shipments:
            raise no_shipment()
        return self.shipments[shipment]

    # -- inside ------------------------------------------------------------------------------

    def _named(self, asked: Sequence[AskedGoods], left: Mapping[int, int]) -> list[GoodsLine]:
        if len({each.line for each in asked}) < len(asked):
            raise Invalid(
                "lines names a line twice: name it once, with all its units.", field="lines"
            )
        skus = {each.line: each.sku for each in self.goods}
        found = []
        for place, each in enumerate(asked):
            field = f"lines.{place}"
            if each.line not in skus:
                raise Invalid(
                    f"{field}.line must be a line of goods of the order: {_some(skus)}.",
                    field=f"{field}.line",
                )
            there = max(0, left[each.line])
            if not there or (each.units or 0) > there:
                raise Conflict(
                    f"of line {each.line} only {there} units can be sent: the rest is in "
                    "shipments, or goes back.",
                    field=f"{field}.units",
                )
            found.append(GoodsLine(each.line, skus[each.line], each.units or there))
        return found

    def _all(self, left: Mapping[int, int]) -> list[GoodsLine]:
        found = [
            GoodsLine(each.line, each.sku, left[each.line])
            for each in self.goods
            if left[each.line] > 0
        ]
        if not found:
            raise Conflict(
                "nothing of the order can be sent: it has no goods, or all of them are in "
                "shipments or go back.",
                field="lines",
            )
        return found


def fulfilment_id(org: str, order: str) -> str:
    """Return the stream of the fulfilment of an order."""
    return stream_id(org, FULFILMENT_STREAM, order)


def no_shipment() -> NotFound:
    """Return why nothing is found."""
    return NotFound("the order has no shipment of that id.", field="shipment")


def _left(line: LineUnits, going_back: Mapping[int, int]) -> int:
    """Return how many units of a line may be sent, in shipments or not yet."""
    return max(0, line.to_ship - going_back.get(line.goods.line, 0))


def _some(lines: Mapping[int, str]) -> str:
    return ", ".join(str(each) for each in list(lines)[:10]) or "it has none"
