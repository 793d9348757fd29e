"""Values of carts.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tallystick.values.orders import (
    OrderQuote,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedCart:
    """A cart that was opened, or that its user has already."""

    id: str
    user: str | None
    currency: str
    group: str | None
    price_list: str
    state: Literal["open", "claimed", "closed"]
    order: str | None
    version: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    lines: tuple[CartLine, ...]
    codes: tuple[str, ...]
    unsold: tuple[UnsoldLine, ...]
    quote: OrderQuote | None
    secret: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CartLine:
    """So many units of a SKU; of an appointment, of a `slot` of its calendar."""

    sku: str
    units: int
    slot: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsoldLine:
    """A line that cannot be sold now, or not so often, and why."""

    sku: str
    units: int
    slot: str | None
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cart:
    """A cart."""

    id: str
    user: str | None
    currency: str
    group: str | None
    price_list: str
    state: Literal["open", "claimed", "closed"]
    order: str | None
    version: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    lines: tuple[CartLine, ...]
    codes: tuple[str, ...]
    unsold: tuple[UnsoldLine, ...]
    quote: OrderQuote | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedCart:
    """A cart that is gone."""

    id: str
    removed: bool
