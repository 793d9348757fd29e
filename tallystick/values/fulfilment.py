"""Values of fulfilment.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToShip:
    """What is sent of a line: so many units; without: all that are in no shipment."""

    line: int
    units: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipment:
    """A shipment."""

    shipment: str
    status: Literal["created", "shipped", "delivered", "cancelled"]
    lines: tuple[GoodsLine, ...]
    location: str | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    parts: tuple[SentPart, ...]
    created_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsLine:
    """So many units of a line."""

    line: int
    sku: str
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SentPart:
    """What of the stock at a location has left."""

    location: str
    sku: str
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fulfilment:
    """How far an order is: its shipments, and each of its lines."""

    order: str
    status: Literal[
        "pending",
        "confirmed",
        "processing",
        "partially_fulfilled",
        "fulfilled",
        "refunded",
        "payment_failed",
        "cancelled",
    ]
    shipments: tuple[Shipment, ...]
    lines: tuple[LineUnits, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LineUnits:
    """What became of the units of a line."""

    line: int
    sku: str
    kind: (
        Literal[
            "physical",
            "digital_download",
            "digital_access",
            "appointment",
            "internal_transfer",
            "credits",
            "plan",
        ]
        | None
    )
    ordered: int
    to_ship: int
    shipped: int
    delivered: int
    withdrawn: int
    returned: int
    refunded: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedShipment:
    """A shipment of a list: of how many `units` in how many `lines`."""

    shipment: str
    order: str
    user: str | None
    status: Literal["created", "shipped", "delivered", "cancelled"]
    location: str | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    lines: int
    units: int
    created_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Carriers:
    """Every carrier that is known, by id."""

    data: tuple[Carrier, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """A carrier that is known."""

    id: str
    name: str
    url: str
