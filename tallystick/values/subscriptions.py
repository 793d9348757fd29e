"""Values of subscriptions.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Plans:
    """The plans that hold for the org."""

    data: tuple[Plan, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A plan."""

    id: str
    name: str
    org: str
    version: int
    currency: str
    price: Decimal | None
    interval: Literal["month", "year"]
    interval_count: int
    credits_included: Decimal
    roll_over_days: int
    pooled: bool
    seats_included: int
    seat_price: Decimal | None
    trial_days: int
    after_trial: Literal["payment", "free"]
    overage: Literal["blocked", "pay_as_you_go", "invoice"]
    overage_price: Decimal | None
    overage_limit: Decimal | None
    net_days: int
    entitlements: Mapping[str, bool | int | str]
    limits: Mapping[str, int]
    stripe_price_id: str | None
    tax_category: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entitlements:
    """What a user's plan allows: the free plan's, where there is no subscription."""

    user: str
    plan: str
    version: int
    seats: int
    overage: Literal["blocked", "pay_as_you_go", "invoice"]
    entitlements: Mapping[str, bool | int | str]
    limits: Mapping[str, int]
