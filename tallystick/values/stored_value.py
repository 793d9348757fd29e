"""Values of stored value.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedGiftCard:
    """A new gift card; null as `code`: it was in the first answer."""

    id: str
    code: str | None
    currency: str
    amount: Decimal
    expires_at: datetime | None
    user: str | None
    order: str | None
    note: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftCard:
    """A gift card, without its code."""

    id: str
    currency: str
    amount: Decimal
    balance: Decimal
    claimed: Decimal
    available: Decimal
    status: Literal["usable", "disabled", "expired", "spent"]
    expires_at: datetime | None
    user: str | None
    order: str | None
    note: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftCardFound:
    """What whoever has its code may know of a gift card."""

    id: str
    currency: str
    available: Decimal
    status: Literal["usable", "disabled", "expired", "spent"]
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueMovement:
    """By how much the balance, and what orders have claimed of it, is more, or below zero less; by
    which order, and why.
    """

    sequence: int
    kind: Literal[
        "issue", "adjustment", "claim", "settlement", "release", "expiry", "give_back", "breakage"
    ]
    currency: str
    balance: Decimal
    claimed: Decimal
    order: str | None
    reason: str | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueAdjustment:
    """By how much there is more, or below zero less, and why; an erased `reason` is null."""

    amount: Decimal
    currency: str
    sequence: int
    order: str | None
    reason: str | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftCardStanding:
    """Whether a gift card is disabled from now on."""

    id: str
    disabled: bool
    sequence: int
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What an order has set aside, until `expires_at`."""

    order: str
    amount: Decimal
    currency: str
    sequence: int
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimChange:
    """What became of an order's claim: the amount was spent, released or has come back."""

    order: str
    amount: Decimal
    currency: str
    sequence: int
    expires_at: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreCredit:
    """A user's store credit in a currency: what there is, what orders have set aside of that, and
    what is available.
    """

    user: str
    currency: str
    balance: Decimal
    claimed: Decimal
    available: Decimal
