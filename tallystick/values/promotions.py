"""Values of promotions.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotions:
    """A page of promotions, by their ids."""

    data: tuple[Promotion, ...]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotion:
    """A promotion, whether it runs, and how often and for how much it is redeemed; null: it does
    not have that, or is for all.
    """

    id: str
    version: int
    standing: Literal["running", "paused", "ended"]
    name: str
    kind: Literal["percent", "amount", "free_shipping", "buy_get"]
    scope: Literal["order", "lines"]
    code: str | None
    bps: int | None
    amount: Decimal | None
    currency: str | None
    buy: int | None
    get: int | None
    got_skus: tuple[str, ...]
    priority: int
    subtotal: Decimal | None
    skus: tuple[str, ...]
    item_types: tuple[str, ...]
    group: str | None
    first_order: bool
    starts_at: datetime | None
    ends_at: datetime | None
    budget: Decimal | None
    spent: Decimal | None
    redemptions_max: int | None
    per_customer_max: int | None
    redeemed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Whether a promotion runs."""

    promotion: str
    standing: Literal["running", "paused", "ended"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Redemption:
    """An order that has a promotion, or had it until it was released."""

    promotion: str
    order: str
    user: str | None
    amount: Decimal
    currency: str
    released: bool
