"""The bodies of requests, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.http.fields import (
    Amount,
    Asset,
    Body,
    Label,
    Metadata,
    OrgId,
    Quantities,
    Quantity,
    Reason,
    Subject,
    Time,
    User,
)
from ledger.kernel.limits import LINES_PER_EVENT_MAX, PRICES_PER_CARD_MAX, PRIORITY_MAX


class OrgBody(Body):
    """A tenant to register."""

    id: OrgId
    name: Label
    billing_mode: Literal["individual", "shared"] = "individual"


class ApiKeyBody(Body):
    """A credential to make; a member's key names its member as `subject`."""

    name: Label
    role: Literal["operator", "admin", "billing", "gateway", "auditor", "member"]
    subject: Subject | None = None


class PaidBody(Body):
    """What was paid for credits."""

    amount: Amount
    currency: Asset


class DepositBody(Body):
    """Credits that were bought."""

    user: User | None = None
    amount: Amount
    asset: Asset = "credit"
    paid: PaidBody | None = None
    reference: Label | None = None


class GrantBody(Body):
    """Credits that are given."""

    user: User | None = None
    amount: Amount
    kind: Literal["purchased", "included", "free", "promotional", "adjustment"]
    expires_at: Time | None = None
    effective_at: Time | None = None
    priority: Annotated[int, Field(ge=0, le=PRIORITY_MAX)] | None = None
    reason: Reason | None = None


class UsageBody(Body):
    """One metered use. Give `amount`, or a `model` with quantities that a rate card prices."""

    id: Label
    user: User | None = None
    occurred_at: Time | None = None
    service: Label | None = None
    project: Label | None = None
    provider: Label | None = None
    model: Label | None = None
    input_tokens: Quantity | None = None
    cached_tokens: Quantity | None = None
    cache_write_tokens: Quantity | None = None
    output_tokens: Quantity | None = None
    quantities: Quantities | None = None
    amount: Amount | None = None
    on_shortfall: Literal["debt", "reject"] | None = None
    metadata: Metadata | None = None


class BatchBody(Body):
    """Uses to charge together: each for itself, or all or none."""

    mode: Literal["independent", "atomic"]
    items: Annotated[list[Any], Field(min_length=1, max_length=LINES_PER_EVENT_MAX)]
    """Each a UsageBody, checked for itself."""


class PriceBody(Body):
    """The price of `per` units of one meter of one model."""

    model: Label
    meter: Label
    price: Amount
    per: int
    currency: Asset = "usd"


class RateCardBody(Body):
    """The next version of an org's prices."""

    effective_from: Time | None = None
    prices: Annotated[list[Any], Field(min_length=1, max_length=PRICES_PER_CARD_MAX)]
    """Each a PriceBody."""
