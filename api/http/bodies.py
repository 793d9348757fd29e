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
    Seconds,
    SignedAmount,
    Subject,
    Time,
    User,
)
from ledger.kernel.limits import (
    CAPS_MAX,
    EXCLUDED_PER_NAME_MAX,
    LINES_PER_EVENT_MAX,
    NAMES_PER_CARD_MAX,
    PRICES_PER_CARD_MAX,
    PRIORITY_MAX,
    QUANTITY_MAX,
    ROLLING_DAYS_MAX,
)
from ledger.rating.prices import MARGIN_BPS_MAX, TIERS_MAX

THRESHOLDS_MAX = 20
Percent = Annotated[int, Field(ge=1, le=1_000)]


class OrgBody(Body):
    """A tenant to register."""

    id: OrgId
    name: Label
    billing_mode: Literal["individual", "shared"] = "individual"


class BillingModeBody(Body):
    """Whose wallets pay from now on."""

    billing_mode: Literal["individual", "shared"]


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
    period_end: Time | None = None
    """For kind included: when the period ends that it is for; it expires 90 days later."""


class StarterBody(Body):
    """A user to welcome."""

    user: User


class AllowanceBody(Body):
    """The free credit of each user every month; null: none."""

    free_monthly: Amount | None


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


class ErasureBody(Body):
    """Whose texts are erased, and why."""

    user: User
    reason: Reason | None = None


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

    caps: Annotated[list[Any], Field(max_length=CAPS_MAX)]
    """Each a CapBody."""


class TierBody(Body):
    """A price up to a bound, counted from the first unit; the last tier has none."""

    up_to: int | None = None
    price: Amount


class HoursBody(Body):
    """Hours and weekdays, in UTC; an end that is not after the beginning is on the next day, and a
    weekday is that of the moment itself."""

    from_: Annotated[str, Field(alias="from", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"
    until: Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")] = "24:00"
    weekdays: (
        Annotated[
            list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]],
            Field(min_length=1, max_length=7),
        ]
        | None
    ) = None


class PriceBody(Body):
    """The price of `per` units of one meter of one model: a `price`, or `tiers`."""

    model: Label
    meter: Label
    per: int
    price: Amount | None = None
    currency: Asset = "usd"
    mode: Literal["flat", "package", "graduated", "volume"] = "flat"
    tiers: Annotated[list[Any], Field(max_length=TIERS_MAX)] | None = None
    """Each a TierBody; for graduated and volume."""
    context_over: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    """Only for lines with more input tokens than that."""
    provider: Label | None = None
    """Only for lines of that provider, before the prices for any."""
    hours: HoursBody | None = None
    """Only for lines of these hours, before the prices for any."""
    assumed: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    """How many units a line is charged for that does not say how many."""
    tier_scope: Literal["line", "month"] | None = None
    """What tiers and packages count: the units of a line (the default), or of a calendar month."""
    tier_over: Literal["payer", "org"] | None = None
    """Whose units of a month: the payer's (the default), or all of the org."""
    free_per_month: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None
    """So many units of each month cost nothing, the others `price`."""


class NameBody(Body):
    """What else lines call a model: `*` is any text, `#` any digit, letters in either case."""

    name: Label
    model: Label | None = None
    """The model whose prices they mean; without one they have none in this card."""
    provider: Label | None = None
    """Only for lines of that provider."""
    seller: Label | None = None
    """The provider whose prices they mean: that of the lines unless said."""
    excluding: Annotated[list[Label], Field(max_length=EXCLUDED_PER_NAME_MAX)] | None = None
    """Patterns of names that this one does not stand for."""


class ProviderNameBody(Body):
    """What else lines call a provider: `*` is any text, `#` any digit, letters in either case."""

    name: Label
    provider: Label


class RateCardBody(Body):
    """The next version of an org's prices."""

    effective_from: Time | None = None
    prices: Annotated[list[Any], Field(min_length=1, max_length=PRICES_PER_CARD_MAX)]
    """Each a PriceBody."""
    names: Annotated[list[Any], Field(max_length=NAMES_PER_CARD_MAX)] | None = None
    """Each a NameBody."""
    providers: Annotated[list[Any], Field(max_length=NAMES_PER_CARD_MAX)] | None = None
    """Each a ProviderNameBody."""
    margin_bps: Annotated[int, Field(ge=0, le=MARGIN_BPS_MAX)] | None = None
    """Basis points added to what a line costs."""
    minimum_charge: Amount | None = None
    """What a line costs at least, in credits."""


class QuoteBody(Body):
    """A use to price without effect: a line as it would be sent, without its id."""

    model: Label
    user: User | None = None
    occurred_at: Time | None = None
    service: Label | None = None
    project: Label | None = None
    provider: Label | None = None
    input_tokens: Quantity | None = None
    cached_tokens: Quantity | None = None
    cache_write_tokens: Quantity | None = None
    output_tokens: Quantity | None = None
    quantities: Quantities | None = None
