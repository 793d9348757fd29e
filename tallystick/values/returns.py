"""Values of returns.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.orders import (
    PlacedOrder,
    RefundedLine,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToReturn:
    """What comes back of a line: so many units; without: all that can."""

    line: int
    units: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """A return of an order."""

    id: str
    order: str
    status: Literal["requested", "received", "refunded", "exchanged", "cancelled"]
    lines: tuple[ReturnLine, ...]
    received: tuple[ReceivedLine, ...]
    restocked: tuple[Restocked, ...]
    refund: str | None
    new_order: str | None
    reason: str | None
    requested_at: datetime
    received_at: datetime | None
    refunded_at: datetime | None
    exchanged_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnLine:
    """So many units of a line that come back."""

    line: int
    sku: str
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedLine:
    """What has come of a line, in one condition."""

    line: int
    sku: str
    units: int
    condition: Literal["sellable", "damaged"]
    location: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Restocked:
    """What stock has again at a location."""

    location: str
    sku: str
    units: int
    condition: Literal["sellable", "damaged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Returns:
    """Every return of an order, those requested first first."""

    data: tuple[Return, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LineReceived:
    """What has come of a line, in one `condition`: to a `location`, or to where it had left."""

    line: int
    units: int
    condition: Literal["sellable", "damaged"] | None = None
    location: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeExchange:
    """How a return would be exchanged, or was (`is_done`): what has come, of `lines`, is worth its
    `value`, and what is new costs its `total`.
    """

    order: str
    order_return: str
    is_done: bool
    lines: tuple[RefundedLine, ...]
    value: Decimal
    total: Decimal
    difference: str
    currency: str
    exchange: str | None
    refund: str | None
    new_order: PlacedOrder | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchanges:
    """Every exchange of an order, those that began first first."""

    data: tuple[Exchange, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """What of an order pays a new one: `pending` until that is confirmed, `done`, or `ended` where
    it was given up first.
    """

    id: str
    order_return: str
    new_order: str
    status: Literal["pending", "done", "ended"]
    amount: Decimal
    given_back: Decimal
    currency: str
    begun_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedReturn:
    """A return of a list: `units` were to come back, `received` have, `damaged` of these cannot be
    sold.
    """

    id: str
    order: str
    user: str | None
    status: Literal["requested", "received", "refunded", "exchanged", "cancelled"]
    lines: int
    units: int
    received: int | None
    damaged: int | None
    refund: str | None
    new_order: str | None
    requested_at: datetime
    received_at: datetime | None
    refunded_at: datetime | None
    exchanged_at: datetime | None
    cancelled_at: datetime | None
