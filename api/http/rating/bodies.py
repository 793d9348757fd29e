"""Bodies of requests about prices, as their senders write them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from fastapi import Depends
from pydantic import Field

from api.http.fields import Amount, Asset, Body, Label, Quantities, Quantity, Time, User
from api.http.requests import JsonBody
from ledger.kernel.limits import (
    EXCLUDED_PER_NAME_MAX,
    NAMES_PER_CARD_MAX,
    PRICES_PER_CARD_MAX,
    QUANTITY_MAX,
)
from ledger.rating.rate_card_prices import MARGIN_BPS_MAX, TIERS_MAX


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

    ITEMS: ClassVar = {"tiers": TierBody}

    model: Label
    meter: Label
    per: int
    price: Amount | None = None
    currency: Asset = "usd"
    mode: Literal["flat", "package", "graduated", "volume"] = "flat"
    tiers: Annotated[list[Any], Field(max_length=TIERS_MAX)] | None = None
    """For graduated and volume."""
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

    ITEMS: ClassVar = {"prices": PriceBody, "names": NameBody, "providers": ProviderNameBody}

    effective_from: Time | None = None
    prices: Annotated[list[Any], Field(min_length=1, max_length=PRICES_PER_CARD_MAX)]
    names: Annotated[list[Any], Field(max_length=NAMES_PER_CARD_MAX)] | None = None
    providers: Annotated[list[Any], Field(max_length=NAMES_PER_CARD_MAX)] | None = None
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


RateCard = Annotated[RateCardBody, Depends(JsonBody(RateCardBody))]
Quote = Annotated[QuoteBody, Depends(JsonBody(QuoteBody))]
