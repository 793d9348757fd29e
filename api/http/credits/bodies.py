"""Bodies of requests about wallets, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from fastapi import Depends
from pydantic import Field

from api.http.fields import (
    Amount,
    Asset,
    Body,
    Identity,
    Label,
    Metadata,
    Quantities,
    Quantity,
    Reason,
    Seconds,
    SignedAmount,
    Time,
    User,
)
from api.http.requests import JsonBody, JsonText
from ledger.kernel.limits import CAPS_MAX, LINES_PER_EVENT_MAX, PRIORITY_MAX, ROLLING_DAYS_MAX

THRESHOLDS_MAX = 20
Percent = Annotated[int, Field(ge=1, le=1_000)]


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
    period_end: Time | None = None
    """For kind included: when the period ends that it is for; it expires 90 days later."""


class StarterBody(Body):
    """A user to welcome. `identity`: your salted digest of their e-mail address or telephone
    number, normalised and verified by you; it is welcomed once for ever, whatever user comes with
    it."""

    user: User
    identity: Identity | None = None


class AllowanceBody(Body):
    """The free credit of each user every month; null: none. `verified_only`: of those alone who
    were welcomed with an identity."""

    free_monthly: Amount | None
    verified_only: bool = False


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

    ITEMS: ClassVar = {"items": UsageBody}

    mode: Literal["independent", "atomic"]
    items: Annotated[list[Any], Field(min_length=1, max_length=LINES_PER_EVENT_MAX)]


class HoldBody(Body):
    """Credit to set aside: an `amount`, or what the use of a `model` may cost at most.

    Caps count it under its labels, and its capture has them unless it names its own.
    """

    user: User | None = None
    amount: Amount | None = None
    service: Label | None = None
    project: Label | None = None
    provider: Label | None = None
    model: Label | None = None
    input_tokens: Quantity | None = None
    cached_tokens: Quantity | None = None
    cache_write_tokens: Quantity | None = None
    max_output_tokens: Quantity | None = None
    quantities: Quantities | None = None
    expires_in: Seconds | None = None
    reference: Label | None = None


class CaptureBody(Body):
    """The actual use: an `amount`, or a usage line; without an `id` it has the hold's, and each
    label that it does not name."""

    id: Label | None = None
    user: User | None = None
    """If given, the hold's."""
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
    metadata: Metadata | None = None


class ExtendBody(Body):
    """How long a hold is to last from now."""

    expires_in: Seconds


class TransferBody(Body):
    """Credit to move; from or to `@pool` it is an allocation."""

    from_user: User
    to_user: User
    amount: Amount
    asset: Asset = "credit"


class ConversionBody(Body):
    """Dollars of a wallet to turn into credits."""

    user: User | None = None
    amount: Amount


class ReversalBody(Body):
    """How much of a transaction to take back: all that is left of it unless said."""

    amount: Amount | None = None
    reason: Reason


class AdjustmentBody(Body):
    """Credit to add by hand, or with a minus to take."""

    user: User
    amount: SignedAmount
    reason: Reason


class ZapBody(Body):
    """A wallet to clear."""

    user: User
    reason: Reason


class ReasonBody(Body):
    """Why."""

    reason: Reason


class ScopeBody(Body):
    """Which uses a cap counts; a text that ends in `*` has a counter for each value."""

    user: Label | None = None
    project: Label | None = None
    service: Label | None = None
    provider: Label | None = None
    model: Label | None = None


class CapBody(Body):
    """A limit on what is spent in a period, in credits; a hard one counts open holds, too."""

    id: Label
    limit: Amount
    period: Literal["day", "month", "rolling"]
    days: Annotated[int, Field(ge=1, le=ROLLING_DAYS_MAX)] | None = None
    """The length of a rolling period, today included."""
    hard: bool = False
    scope: ScopeBody | None = None
    thresholds: Annotated[list[Percent], Field(max_length=THRESHOLDS_MAX)] | None = None
    """Percent of the limit at which an alert is raised, once in a period; 100 unless said."""


class CapsBody(Body):
    """The caps in force from now on; those not among them no longer are."""

    ITEMS: ClassVar = {"caps": CapBody}

    caps: Annotated[list[Any], Field(max_length=CAPS_MAX)]


Deposit = Annotated[DepositBody, Depends(JsonBody(DepositBody))]
Grant = Annotated[GrantBody, Depends(JsonBody(GrantBody))]
Starter = Annotated[StarterBody, Depends(JsonBody(StarterBody))]
Allowance = Annotated[AllowanceBody, Depends(JsonBody(AllowanceBody))]
Usage = Annotated[UsageBody, Depends(JsonBody(UsageBody))]
Batch = Annotated[bytes, Depends(JsonText(BatchBody))]
Hold = Annotated[HoldBody, Depends(JsonBody(HoldBody))]
Capture = Annotated[CaptureBody, Depends(JsonBody(CaptureBody))]
Extend = Annotated[ExtendBody, Depends(JsonBody(ExtendBody))]
Transfer = Annotated[TransferBody, Depends(JsonBody(TransferBody))]
Conversion = Annotated[ConversionBody, Depends(JsonBody(ConversionBody))]
Reversal = Annotated[ReversalBody, Depends(JsonBody(ReversalBody))]
Adjustment = Annotated[AdjustmentBody, Depends(JsonBody(AdjustmentBody))]
Zap = Annotated[ZapBody, Depends(JsonBody(ZapBody))]
ReasonOnly = Annotated[ReasonBody, Depends(JsonBody(ReasonBody))]
Caps = Annotated[CapsBody, Depends(JsonBody(CapsBody))]
