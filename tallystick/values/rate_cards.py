"""Values of rate cards.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.usage import (
    Rate,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What a use would cost."""

    model: str
    quantities: Mapping[str, int]
    amount: Decimal
    amount_usd: Decimal
    occurred_at: datetime
    rate: Rate


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceSetting:
    """The price of `per` units of one meter of one model: a `price`, or `tiers`."""

    model: str
    meter: str
    per: int
    price: Decimal | int | None = None
    currency: str | None = None
    mode: Literal["flat", "package", "graduated", "volume"] | None = None
    tiers: Sequence[TierSetting] | None = None
    context_over: int | None = None
    provider: str | None = None
    hours: HoursSetting | None = None
    assumed: int | None = None
    tier_scope: Literal["line", "month"] | None = None
    tier_over: Literal["payer", "org"] | None = None
    free_per_month: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TierSetting:
    """A price up to a bound, counted from the first unit; the last tier has none."""

    up_to: int | None = None
    price: Decimal | int


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursSetting:
    """Hours and weekdays, in UTC; an end that is not after the beginning is on the next day, and a
    weekday is that of the moment itself.
    """

    from_: str | None = None
    until: str | None = None
    weekdays: Sequence[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NameSetting:
    """What else lines call a model: `*` is any text, `#` any digit, letters in either case."""

    name: str
    model: str | None = None
    provider: str | None = None
    seller: str | None = None
    excluding: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderNameSetting:
    """What else lines call a provider: `*` is any text, `#` any digit, letters in either case."""

    name: str
    provider: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledVersion:
    """A version, and which of its card are in force and planned."""

    card: str
    version: int
    effective_from: datetime | None
    withdrawn_at: datetime | None
    margin_bps: int
    minimum_charge: Decimal
    prices: tuple[Price, ...]
    names: tuple[Name, ...]
    providers: tuple[ProviderName, ...]
    rule: int
    sequence: int
    hash: str
    recorded_at: datetime
    in_force: int | None
    planned: tuple[Planned, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """The price of `per` units of a meter of a model: a `price`, or `tiers`."""

    model: str
    meter: str
    mode: Literal["flat", "package", "graduated", "volume"]
    price: Decimal | None
    tiers: tuple[Tier, ...] | None
    per: int
    currency: str
    context_over: int | None
    provider: str | None
    hours: Hours | None
    assumed: int | None
    tier_scope: Literal["line", "month"] | None
    tier_over: Literal["payer", "org"] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A price up to a bound; the last tier has none."""

    up_to: int | None
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """Hours of the day in UTC, and the weekdays on which they count: null for all."""

    from_: str
    until: str
    weekdays: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """What else lines call a model."""

    name: str
    model: str | None
    provider: str | None
    seller: str | None
    excluding: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderName:
    """What else lines call a provider."""

    name: str
    provider: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A version that will be in force."""

    version: int
    effective_from: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """One page of a card's versions, newest first, and which are in force and planned."""

    data: tuple[Version, ...]
    in_force: int | None
    planned: tuple[Planned, ...]
    next_cursor: str | None
    as_of_sequence: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version of a card; null as `effective_from`: from the beginning."""

    card: str
    version: int
    effective_from: datetime | None
    withdrawn_at: datetime | None
    margin_bps: int
    minimum_charge: Decimal
    prices: tuple[Price, ...]
    names: tuple[Name, ...]
    providers: tuple[ProviderName, ...]
    rule: int
    sequence: int
    hash: str
    recorded_at: datetime
