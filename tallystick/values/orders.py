"""Values of orders.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToOrder:
    """So many units of a SKU."""

    sku: str
    units: int | None = None
    item: str | None = None
    item_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderQuote:
    """What an order would cost at a moment: `subtotal - discount = total`, and by which rule what
    is taken off stacks.
    """

    currency: str
    priced_at: datetime
    stacking: Literal["sequential", "additive", "best_only"]
    lines: tuple[OrderLine, ...]
    subtotal: Decimal
    discount: Decimal
    total: Decimal
    free_shipping: bool
    promotions: tuple[OrderPromotion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """What a line comes to, step by step, and the version of the prices that it began with."""

    sku: str
    units: int
    item: str | None
    unit_price: Decimal
    price_version: int
    steps: tuple[Step, ...]
    total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What changed the amount of a line, by how much, and what it was then."""

    kind: Literal["base_price", "modifier", "promotion", "order_promotion"]
    of: str
    name: str
    delta: Decimal
    amount_after: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPromotion:
    """A promotion that applies, with the amount that it takes; or why a code does not."""

    promotion: str | None
    code: str | None
    applies: bool
    amount: Decimal
    why: str | None
