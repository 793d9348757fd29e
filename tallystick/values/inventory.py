"""Values of inventory.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Locations:
    """The locations of an org, those first from which is taken first."""

    data: tuple[Location, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A location."""

    id: str
    name: str
    priority: int
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """A change of a level: by how many units each of its sums is more, or below zero less."""

    sequence: int
    kind: Literal[
        "receipt",
        "reservation",
        "release",
        "expiry",
        "shipment",
        "return",
        "adjustment",
        "transfer",
        "valuation",
    ]
    sku: str
    location: str
    on_hand: int
    reserved: int
    damaged: int
    reservation: str | None
    owner: str | None
    other: str | None
    reference: str | None
    reason: str | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StockLine:
    """So many of a SKU; from a location, or from wherever there are some."""

    sku: str
    quantity: int
    location: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReservationChange:
    """What was done with units of a reservation, and with which: it is confirmed for them, or they
    were released, shipped, or came back.
    """

    id: str
    owner: str
    sequence: int
    parts: tuple[Part, ...]
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """So many units of a SKU at a location."""

    sku: str
    location: str
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeReservation:
    """Units set aside for an owner, from where they were taken, until `expires_at`."""

    id: str
    owner: str
    sequence: int
    expires_at: datetime
    parts: tuple[ReservedPart, ...]
    oversold: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReservedPart:
    """What was taken of a SKU at a location."""

    sku: str
    location: str
    quantity: int
    oversold: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """A reservation as it is; null as `expires_at`: time does not end it."""

    id: str
    owner: str
    status: Literal["reserved", "confirmed", "ended"]
    expires_at: datetime | None
    parts: tuple[FoundPart, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPart:
    """What became of what a reservation had of a SKU at a location."""

    sku: str
    location: str
    reserved: int
    shipped: int
    released: int
    expired: int
    returned: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StockCost:
    """What units of a SKU at a location have cost: all that are on hand together, and one on
    average, rounded.
    """

    sku: str
    location: str
    on_hand: int
    currency: str | None
    value: str | None
    unit_cost: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """Units of a SKU at a location."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    available: int
    damaged: int
    allow_oversell: bool
