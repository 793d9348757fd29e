"""Values of orders.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.subscriptions import (
    AppliedTax,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToOrder:
    """So many units of a SKU."""

    sku: str
    units: int | None = None
    item: str | None = None
    item_type: str | None = None
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
    ) = None
    tax_category: str | None = None
    weight: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where an order goes: a country of ISO 3166, and a region of it where that is taxed by
    itself.
    """

    country: str
    region: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderQuote:
    """What an order would cost at a moment, and by which rule what is taken off stacks: `total` is
    `subtotal - discount`, the amount of `shipping`, and as much of `tax` as is not included.
    """

    currency: str
    priced_at: datetime
    stacking: Literal["sequential", "additive", "best_only"]
    lines: tuple[OrderLine, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: OrderShipping | None
    tax: Decimal
    total: Decimal
    shipping_methods: tuple[ShippingOffer, ...]
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
    tax: Decimal
    taxed_by: AppliedTax | None
    to_pay: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What changed the amount of a line, by how much, and what it was then."""

    kind: Literal["base_price", "modifier", "promotion", "order_promotion"]
    of: str
    name: str
    delta: Decimal
    amount_after: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderShipping:
    """The method by which the order is sent: what it costs, as it is published, and `to_pay`, with
    its tax.
    """

    method: str
    name: str
    amount: Decimal
    tax: Decimal
    taxed_by: AppliedTax | None
    to_pay: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingOffer:
    """A method by which the order may be sent, and what that costs, without a tax that comes on
    top.
    """

    method: str
    name: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPromotion:
    """A promotion that applies, with the amount that it takes; or why a code does not."""

    promotion: str | None
    code: str | None
    applies: bool
    amount: Decimal
    why: str | None
