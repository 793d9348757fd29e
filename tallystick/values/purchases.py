"""Values of purchases.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class AllOffers:
    """The offers that hold for the org, by their currencies."""

    data: tuple[Offers, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """What credits cost in a currency: `price` of 1,000."""

    currency: str
    version: int
    price: Decimal
    bonuses: tuple[Bonus, ...]
    smallest: Decimal
    largest: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Bonus:
    """What an amount of `threshold` or more earns on top, in basis points of what it buys."""

    threshold: Decimal
    bps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BonusSetting:
    """What an amount of `threshold` or more earns on top, in basis points of what it buys."""

    threshold: Decimal | int
    bps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What an org has decided of purchases: for how many days they can be refunded; beyond how
    many in an hour, or how much bought in 24 hours, a person must look, and whether their
    credits come only then; whether evidence against disputes is sent without being asked.
    """

    refund_days: int
    hourly: int
    daily_credits: Decimal
    holds_back: bool
    sends_evidence: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyAsked:
    """An amount of a currency, in its major unit."""

    amount: Decimal | int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout:
    """A purchase that has begun."""

    purchase: str
    status: Literal[
        "started",
        "open",
        "failed",
        "expired",
        "paid",
        "partly_refunded",
        "refunded",
        "disputed",
        "won",
        "lost",
    ]
    amount: Money
    credits: Decimal
    bonus: Decimal
    checkout_url: str | None
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """An amount of a currency, in its major unit."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPurchase:
    """A purchase: how far its payment has come, and whether a person must look at it."""

    purchase: str
    user: str
    provider: str
    status: Literal["started", "open", "failed", "expired", "paid"]
    amount: Money
    credits: Decimal
    bonus: Decimal
    begun_by: str
    review: str | None
    started_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """A purchase as it is now, and what has happened to it."""

    purchase: str
    user: str
    provider: str
    status: Literal[
        "started",
        "open",
        "failed",
        "expired",
        "paid",
        "partly_refunded",
        "refunded",
        "disputed",
        "won",
        "lost",
    ]
    amount: Money
    checkout_url: str | None
    history: tuple[PurchaseEvent, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PurchaseEvent:
    """Something that has happened to a purchase."""

    sequence: int
    type: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """A purchase whose bank transfer came."""

    purchase: str
    paid_at: datetime
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """A purchase that a person has looked at."""

    purchase: str
    approved: bool
    closed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Recharge:
    """The rule of a wallet."""

    user: str
    enabled: bool
    threshold: Decimal
    amount: Money
    payment_method: str
    max_monthly: int
    purchase: str | None
    month: str | None
    bought: int
    waits_until: datetime | None
    stopped: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedRecharge:
    """A wallet that has no rule any more."""

    user: str
    removed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """The provider's page where a payment method is saved."""

    setup_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Portal:
    """The provider's page with receipts and payment methods."""

    portal_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxEntry:
    """A notice: `org` and `purchase` as the provider named them or a person has said; `why`: what
    kept it from being acted on the last time.
    """

    provider: str
    id: str
    type: str
    org: str | None
    purchase: str | None
    assigned_by: str | None
    state: Literal["waiting", "done", "parked", "kept"]
    why: str | None
    attempts: int
    created_at: datetime
    received_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A notice that is kept now, or was before."""

    id: str
