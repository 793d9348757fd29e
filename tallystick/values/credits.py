"""Values of credits.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """What was paid for credits."""

    amount: Decimal | int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """What each user gets a month, and the last month that was given to all of them."""

    free_monthly: Decimal | None
    verified_only: bool
    granted_month: str | None
    as_of_sequence: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowanceSet:
    """What each user gets a month from now on; null: nothing."""

    free_monthly: Decimal | None
    verified_only: bool
    sequence: int
    hash: str
    recorded_at: datetime
