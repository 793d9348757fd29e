"""Shipments: `CreateShipment`, `ShipShipment`, `DeliverShipment` and `CancelShipment`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.by import By
from api.commands.command import KeyedCommand
from api.commands.fulfilment.lookup import (
    check_sold,
    find_fulfilment,
    fulfilment_refs,
    opened_fulfilment,
)
from api.commands.fulfilment.progressing import progress
from api.commands.inventory import reserving
from api.commands.inventory.lookup import require_location
from api.commands.ordering.holdings import found_of
from api.commands.ordering.lookup import find_order
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.fulfilment.fulfilment import AskedGoods
from ledger.fulfilment.goods import going_back, units_by_sku
from ledger.fulfilment.shipment import Shipment, Tracking
from ledger.inventory.reservation import Part, StockLine
from ledger.inventory.reservation_facts import StockShipped
from ledger.inventory.stock_base import parts_of
from ledger.ordering.order import Order


@dataclass(frozen=True)
class _OfShipment(KeyedCommand):
    """A command on one shipment of an order."""

    order: str
    shipment: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return fulfilment_refs(unit, self.org, self.order)


@dataclass(frozen=True)
class CreateShipment(_OfShipment):
    """Make a shipment of units of an order's goods that are in none: of all of them without lines.
    `location`: from where alone it is sent."""

    lines: tuple[AskedGoods, ...] = ()
    location: str | None = None
    tracking: Tracking | None = None

    operation: ClassVar[str] = "orders/fulfilments"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order = find_order(unit, self.org, self.order)
        check_sold(order)
        if self.location is not None:
            require_location(unit, self.org, self.location)
        fulfilment = opened_fulfilment(unit, self.org, order)
        fulfilment.create(
            self.shipment,
            self.lines,
            going_back(order.refunds.values()),
            unit.now(self.org),
            user=order.user,
            location=self.location,
            tracking=self.tracking,
            fingerprint=self.fingerprint,
        )
        created = unit.record(fulfilment, self.actor, self.key)
        progress(unit, self.org, order, self.actor)
        return created


@dataclass(frozen=True)
class ShipShipment(_OfShipment):
    """Have a shipment leave: its units are on hand no more, and no others. `tracking`: what is
    known of that only now."""

    tracking: Tracking | None = None

    operation: ClassVar[str] = "orders/fulfilments/ship"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        order = find_order(unit, self.org, self.order)
        fulfilment = find_fulfilment(unit, self.org, self.order)
        found = fulfilment.find(self.shipment)
        check_sold(order)
        fulfilment.check_ship(self.shipment, going_back(order.refunds.values()))
        order.check_captured()
        parts = self._take(unit, order, found)
        at = unit.now(self.org)
        fulfilment.ship(self.shipment, parts, self.tracking, at, fingerprint=self.fingerprint)
        shipped = unit.record(fulfilment, self.actor, self.key)
        progress(unit, self.org, order, self.actor)
        return shipped

    def _take(self, unit: UnitOfWork, order: Order, shipment: Shipment) -> list[Part]:
        """Have the stock leave that is reserved for the order; of what no stock is kept, none."""
        tracked = {each.sku for each in order.parts}
        lines = [
            StockLine(sku, units, shipment.location)
            for sku, units in units_by_sku(shipment.lines).items()
            if sku in tracked
        ]
        if not lines:
            return []
        by = By(self.actor)
        fact = reserving.ship_found(unit, self.org, found_of(order), lines, by).fact
        assert isinstance(fact, StockShipped)
        return parts_of(fact, fact.elsewhere)


@dataclass(frozen=True)
class DeliverShipment(_OfShipment):
    """Say that a shipment has arrived."""

    operation: ClassVar[str] = "orders/fulfilments/deliver"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        fulfilment = find_fulfilment(unit, self.org, self.order)
        fulfilment.deliver(self.shipment, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(fulfilment, self.actor, self.key)


@dataclass(frozen=True)
class CancelShipment(_OfShipment):
    """Give a shipment up that has not left: its units can be in another."""

    operation: ClassVar[str] = "orders/fulfilments/cancel"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        fulfilment = find_fulfilment(unit, self.org, self.order)
        fulfilment.cancel(self.shipment, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(fulfilment, self.actor, self.key)
