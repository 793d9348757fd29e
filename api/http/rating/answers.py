"""Rate card versions as they were published, what of them is in force, and quotes."""

from __future__ import annotations

from typing import Annotated

from msgspec.structs import asdict

from api.http.answers import Amount, Answer, Hash, Time, one_of, time_or_null
from api.http.credits.answers.transactions import RateAnswer
from api.queries.rating.rate_cards import Change, History
from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT, format_amount
from ledger.kernel.times import format_time
from ledger.rating.hours import WEEKDAYS, Hours
from ledger.rating.names import Name, ProviderName
from ledger.rating.rate_card import DEFAULT_CARD
from ledger.rating.rate_card_prices import Mode, Price, PublishedVersion, TierOver, TierScope


class TierAnswer(Answer):
    """A price up to a bound; the last tier has none."""

    up_to: int | None
    price: Amount


class HoursAnswer(Answer, rename={"from_": "from"}):
    """Hours of the day in UTC, and the weekdays on which they count: null for all."""

    from_: str
    until: str
    weekdays: list[str] | None


class PriceAnswer(Answer):
    """The price of `per` units of a meter of a model: a `price`, or `tiers`."""

    model: str
    meter: str
    mode: Annotated[str, one_of(Mode)]
    price: Amount | None
    tiers: list[TierAnswer] | None
    per: int
    currency: str
    context_over: int | None
    provider: str | None
    hours: HoursAnswer | None
    assumed: int | None
    tier_scope: Annotated[str, one_of(TierScope)] | None
    tier_over: Annotated[str, one_of(TierOver)] | None


class NameAnswer(Answer):
    """What else lines call a model."""

    name: str
    model: str | None
    provider: str | None
    seller: str | None
    excluding: list[str] | None


class ProviderNameAnswer(Answer):
    """What else lines call a provider."""

    name: str
    provider: str


class VersionAnswer(Answer):
    """A version of a card; null as `effective_from`: from the beginning."""

    card: str
    version: int
    effective_from: Time | None
    withdrawn_at: Time | None
    margin_bps: int
    minimum_charge: Amount
    prices: list[PriceAnswer]
    names: list[NameAnswer]
    providers: list[ProviderNameAnswer]
    rule: int
    sequence: int
    hash: Hash
    recorded_at: Time


class PlannedAnswer(Answer):
    """A version that will be in force."""

    version: int
    effective_from: Time


class ScheduledVersionAnswer(VersionAnswer):
    """A version, and which of its card are in force and planned."""

    in_force: int | None
    planned: list[PlannedAnswer]


class VersionsAnswer(Answer):
    """One page of a card's versions, newest first, and which are in force and planned."""

    data: list[VersionAnswer]
    in_force: int | None
    planned: list[PlannedAnswer]
    next_cursor: str | None
    as_of_sequence: int


class QuoteAnswer(Answer):
    """What a use would cost."""

    model: str
    quantities: dict[str, int]
    amount: Amount
    amount_usd: Amount
    occurred_at: Time
    rate: RateAnswer


def version_answer(
    org: str, change: Change, version: PublishedVersion, history: History
) -> VersionAnswer:
    """Return a version of an org's card."""
    return VersionAnswer(
        card=DEFAULT_CARD if org == PLATFORM else org,
        version=version.card_version,
        effective_from=time_or_null(version.effective_us),
        withdrawn_at=time_or_null(history.withdrawn_us(version.card_version)),
        margin_bps=version.margin_bps,
        minimum_charge=format_amount(version.minimum, CREDIT),
        prices=list(map(price_answer, version.prices)),
        names=list(map(name_answer, version.names)),
        providers=list(map(provider_name_answer, version.providers)),
        rule=version.rule,
        sequence=change.sequence,
        hash=change.hash.hex(),
        recorded_at=format_time(change.recorded_us),
    )


def scheduled_version_answer(
    org: str, change: Change, version: PublishedVersion, history: History, now_us: int
) -> ScheduledVersionAnswer:
    """Return a version of an org's card, and what is in force and planned then."""
    published = asdict(version_answer(org, change, version, history))
    in_force, planned = schedule_answer(history, now_us)
    return ScheduledVersionAnswer(**published, in_force=in_force, planned=planned)


def schedule_answer(history: History, now_us: int) -> tuple[int | None, list[PlannedAnswer]]:
    """Return what prices now, and what will."""
    schedule = history.schedule()
    planned = [
        PlannedAnswer(entry.version, format_time(entry.start_us))
        for entry in schedule.planned(now_us)
    ]
    return schedule.in_force(now_us), planned


def price_answer(price: Price) -> PriceAnswer:
    """Return a price as it was published."""
    by_month = price.tier_scope is TierScope.MONTH
    return PriceAnswer(
        model=price.model,
        meter=price.meter,
        mode=price.mode,
        price=None if price.tiers else price.price,
        tiers=[TierAnswer(tier.up_to, tier.price) for tier in price.tiers] or None,
        per=price.per,
        currency=price.currency,
        context_over=price.context_over,
        provider=price.provider,
        hours=None if price.hours is None else _hours(price.hours),
        assumed=price.assumed or None,
        tier_scope=price.tier_scope if by_month else None,
        tier_over=price.tier_over if by_month else None,
    )


def name_answer(name: Name) -> NameAnswer:
    """Return a name of a model as it was published."""
    return NameAnswer(name.name, name.model, name.provider, name.seller, name.excluding or None)


def provider_name_answer(name: ProviderName) -> ProviderNameAnswer:
    """Return a name of a provider as it was published."""
    return ProviderNameAnswer(name.name, name.provider)


def _hours(hours: Hours) -> HoursAnswer:
    weekdays = [WEEKDAYS[day - 1] for day in hours.weekdays]
    return HoursAnswer(_clock(hours.from_minute), _clock(hours.until_minute), weekdays or None)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
