"""Values of returns.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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
    status: Literal["requested", "received", "refunded", "cancelled"]
    lines: tuple[ReturnLine, ...]
    received: tuple[ReceivedLine, ...]
    restocked: tuple[Restocked, ...]
    refund: str | None
    reason: str | None
    requested_at: datetime
    received_at: datetime | None
    refunded_at: datetime | None
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
class ListedReturn:
    """A return of a list: `units` were to come back, `received` have, `damaged` of these cannot be
    sold.
    """

    id: str
    order: str
    user: str | None
    status: Literal["requested", "received", "refunded", "cancelled"]
    lines: int
    units: int
    received: int | None
    damaged: int | None
    refund: str | None
    requested_at: datetime
    received_at: datetime | None
    refunded_at: datetime | None
    cancelled_at: datetime | None
