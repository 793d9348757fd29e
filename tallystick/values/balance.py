"""Values of balance.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """A wallet."""

    user: str
    asset: str
    balance: int
    balance_usd: Decimal | None
    available: Decimal
    held: Decimal
    debt: Decimal
    pending: Decimal
    suspended: bool
    lots: tuple[Lot, ...]
    as_of_sequence: int
    tier: str | None
    credits_included: Decimal | None
    credits_used: Decimal | None
    credits_remaining: Decimal | None
    period_start: datetime | None
    period_end: datetime | None
    auto_recharge: None
    credit_line: CreditLine | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lot:
    """A lot with what is left of it; `held` is the part that holds have set aside."""

    lot: str
    kind: Literal["purchased", "included", "free", "promotional", "adjustment"]
    amount: Decimal
    held: Decimal
    granted: Decimal
    effective_at: datetime
    expires_at: datetime | None
    priority: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditLine:
    """How far beyond the credit work may begin, and what of that is left."""

    limit: Decimal | None
    left: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Balances:
    """A user's wallets, one for each asset."""

    data: tuple[Balance, ...]
    as_of_sequence: int
    next_cursor: None
