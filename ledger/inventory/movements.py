"""Stock movements: what a fact changes of a SKU at a location: the only writer of its level."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ledger.inventory.condition import Condition
from ledger.inventory.reservation import Reservation
from ledger.inventory.reservation_facts import (
    ReservationExpired,
    ReservationReleased,
    StockReserved,
    StockShipped,
)
from ledger.inventory.stock_base import StockFact
from ledger.inventory.stock_cost import StockCost
from ledger.inventory.stock_facts import (
    StockAdjusted,
    StockReceived,
    StockReturned,
    StockTransferred,
    UnitCostSet,
)
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType


class MovementKind(StrEnum):
    """Why a level has changed."""

    RECEIPT = "receipt"
    RESERVATION = "reservation"
    RELEASE = "release"
    EXPIRY = "expiry"
    SHIPMENT = "shipment"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    VALUATION = "valuation"


class Movement(NamedTuple):
    """A change of a level: by how many units each of its sums is more, or below zero less. `other`:
    the other location of a transfer, or from where units had left that came back; `reason`: the
    digest of an erasable text. `value`: by how much what is on hand is worth more at cost; `cost`:
    by how much more it has cost what was sold; both without a currency where nobody knows."""

    location: str
    sku: str
    kind: str
    on_hand: int = 0
    reserved: int = 0
    damaged: int = 0
    reservation: str | None = None
    owner: str | None = None
    other: str | None = None
    reference: str | None = None
    reason: str | None = None
    currency: str | None = None
    value: int = 0
    cost: int = 0


@ByType
def movements_of(fact: Fact) -> list[Movement]:
    """Return the movement that a fact is; most kinds of facts are none."""
    return []


@movements_of.register
def _received(fact: StockReceived) -> list[Movement]:
    moved = _moved(fact, MovementKind.RECEIPT, fact.quantity)._replace(reference=fact.reference)
    return [_at(fact.cost, moved)]


@movements_of.register
def _valued(fact: UnitCostSet) -> list[Movement]:
    return [_at(fact.cost, _moved(fact, MovementKind.VALUATION))]


@movements_of.register
def _reserved(fact: StockReserved) -> list[Movement]:
    return _of(fact.reservation, _moved(fact, MovementKind.RESERVATION, 0, fact.quantity))


@movements_of.register
def _released(fact: ReservationReleased) -> list[Movement]:
    return _of(fact.reservation, _moved(fact, MovementKind.RELEASE, 0, -fact.quantity))


@movements_of.register
def _expired(fact: ReservationExpired) -> list[Movement]:
    return _of(fact.reservation, _moved(fact, MovementKind.EXPIRY, 0, -fact.quantity))


@movements_of.register
def _shipped(fact: StockShipped) -> list[Movement]:
    moved = _moved(fact, MovementKind.SHIPMENT, -fact.quantity, -fact.quantity)
    return _of(fact.reservation, _at(fact.cost, moved))


@movements_of.register
def _returned(fact: StockReturned) -> list[Movement]:
    moved = _in(fact.condition, _moved(fact, MovementKind.RETURN), fact.quantity)
    moved = moved._replace(other=fact.shipped_from)
    return _of(fact.reservation, _at(fact.cost, moved))


@movements_of.register
def _adjusted(fact: StockAdjusted) -> list[Movement]:
    moved = _moved(fact, MovementKind.ADJUSTMENT)
    moved = _in(fact.condition, moved, fact.quantity)._replace(reason=fact.reason)
    return [_at(fact.cost, moved)]


@movements_of.register
def _transferred(fact: StockTransferred) -> list[Movement]:
    moved = _moved(fact, MovementKind.TRANSFER, fact.quantity)
    moved = moved._replace(other=fact.other, reference=fact.reference, owner=fact.owner)
    return [_at(fact.cost, moved)]


def _moved(fact: StockFact, kind: MovementKind, on_hand: int = 0, reserved: int = 0) -> Movement:
    return Movement(fact.location, fact.sku, kind.value, on_hand, reserved)


def _of(reservation: Reservation, moved: Movement) -> list[Movement]:
    return [moved._replace(reservation=reservation.id, owner=reservation.owner)]


def _at(cost: StockCost | None, moved: Movement) -> Movement:
    if cost is None:
        return moved
    sold = cost.sold + cost.settled
    return moved._replace(currency=cost.currency, value=cost.value, cost=sold)


def _in(condition: Condition, moved: Movement, quantity: int) -> Movement:
    if condition is Condition.DAMAGED:
        return moved._replace(damaged=quantity)
    return moved._replace(on_hand=quantity)
