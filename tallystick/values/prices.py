"""Values of prices.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class PricesList:
    """A page of SKUs and catalogue items with their prices."""

    data: tuple[Prices, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """The base prices of a SKU, or of a catalogue item, and which version of them."""

    sku: str | None
    item: str | None
    version: int
    prices: tuple[BasePrice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BasePrice:
    """The price of one unit, for customers of a group, for quantities and for a time; null: for
    all.
    """

    currency: str
    amount: Decimal
    price_list: str
    group: str | None
    from_units: int
    until_units: int | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BasePriceSetting:
    """The price of one unit."""

    currency: str
    amount: Decimal | int
    price_list: str | None = None
    group: str | None = None
    from_units: int | None = None
    until_units: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Modifiers:
    """All modifiers of an org, in the order in which they change prices."""

    data: tuple[Modifier, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Modifier:
    """A modifier: what it does to the amount of a line, of which lines, and when."""

    id: str
    name: str
    kind: Literal["percent", "amount", "markup", "override"]
    bps: int | None
    amount: Decimal | None
    currency: str | None
    priority: int
    skus: tuple[str, ...]
    item_types: tuple[str, ...]
    group: str | None
    from_units: int
    until_units: int | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedModifier:
    """The modifier that changes no price any more."""

    removed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingMethods:
    """All shipping methods of an org, in the order in which they are offered."""

    data: tuple[ShippingMethod, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingMethod:
    """A shipping method: for which orders it is, and what it costs."""

    id: str
    name: str
    currency: str
    amount: Decimal
    unit_amount: Decimal
    free_from: Decimal | None
    countries: tuple[str, ...]
    from_subtotal: Decimal
    from_weight: int
    until_weight: int | None
    tax_category: str
    priority: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedShippingMethod:
    """The method by which no order is sent any more."""

    removed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PricingPolicy:
    """How what is taken off an order stacks."""

    stacking: Literal["sequential", "additive", "best_only"]
