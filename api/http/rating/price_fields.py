"""Price fields: from a price as its sender writes it to the price that a rate card holds."""

from __future__ import annotations

from typing import Any

import msgspec

from api.http.fields import parse
from api.http.rating import bodies
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_meter
from ledger.rating.hours import WEEKDAYS, Hours
from ledger.rating.names import Name, ProviderName
from ledger.rating.rate_card_prices import Mode, Price, Tier, TierOver, TierScope
from ledger.rating.unit_prices import tiers_of, unit_price

_TIERED = (Mode.GRADUATED, Mode.VOLUME)


def price_of(item: object, field: str) -> tuple[Price, dict[str, Any]]:
    """Return a checked price, and what was sent of it in canonical form."""
    try:
        body = parse(bodies.PriceBody, item)
        check_meter(body.meter, "meter")
        _check_mode(body)
        _check_month(body)
    except Invalid as refusal:
        raise refusal.at(field) from None
    mode = Mode(body.mode) if body.free_per_month is None else Mode.GRADUATED
    # Also where only tiers have a price: it refuses what is wrong with `per` and `currency`.
    flat = 0 if body.price is None else body.price
    attodollars = unit_price(flat, body.per, body.currency, field, mode)
    tiers = _free_first(body, attodollars) or _tiers(body, f"{field}.tiers")
    price = Price(
        model=body.model,
        meter=body.meter,
        price=tiers[0].price if tiers else str(body.price),
        per=body.per,
        currency=str(body.currency),
        unit_price=tiers[0].unit_price if tiers else attodollars,
        mode=mode,
        tiers=tiers,
        context_over=body.context_over,
        provider=body.provider,
        hours=None if body.hours is None else hours_of(body.hours, f"{field}.hours"),
        assumed=body.assumed or 0,
        tier_scope=_scope(body),
        tier_over=TierOver(body.tier_over or TierOver.PAYER),
    )
    return price, _sent(body, price)


def name_of(item: object, field: str) -> tuple[Name, dict[str, Any]]:
    """Return a checked name of a model, and what was sent of it."""
    try:
        body = parse(bodies.NameBody, item)
    except Invalid as refusal:
        raise refusal.at(field) from None
    excluding = body.excluding or []
    return Name(body.name, body.model, body.provider, body.seller, excluding), body.sent()


def provider_name_of(item: object, field: str) -> tuple[ProviderName, dict[str, Any]]:
    """Return a checked name of a provider, and what was sent of it."""
    try:
        body = parse(bodies.ProviderNameBody, item)
    except Invalid as refusal:
        raise refusal.at(field) from None
    return ProviderName(body.name, body.provider), body.sent()


def hours_of(body: bodies.HoursBody, field: str) -> Hours:
    """Return the hours of a price."""
    start, until = _minute(body.from_), _minute(body.until)
    if start == until:
        raise Invalid(f"{field}.until must not be where the hours begin.", field=f"{field}.until")
    weekdays = sorted({WEEKDAYS.index(day) + 1 for day in body.weekdays or ()})
    return Hours(start, until, weekdays)


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _check_mode(body: bodies.PriceBody) -> None:
    """Tiers go with the modes that have some, and a price with the others."""
    tiered = body.mode in _TIERED
    if tiered and body.tiers is None:
        raise Invalid(f"tiers is required for the mode {body.mode}.", field="tiers")
    if tiered and body.price is not None:
        raise Invalid(f"price must be absent: the mode {body.mode} has tiers.", field="price")
    if not tiered and body.tiers is not None:
        raise Invalid(f"tiers must be absent for the mode {body.mode}.", field="tiers")
    if not tiered and body.price is None:
        raise Invalid("price is required.", field="price")


def _check_month(body: bodies.PriceBody) -> None:
    """What counts over a month needs something to count for."""
    if body.free_per_month is not None:
        if body.mode != "flat":
            raise Invalid(
                "free_per_month goes with a flat price: with tiers, let the first cost 0.",
                field="free_per_month",
            )
        if body.tier_scope == "line":
            raise Invalid(
                "tier_scope must be month or absent beside free_per_month.", field="tier_scope"
            )
    elif body.mode == "flat" and body.tier_scope == "month":
        raise Invalid(
            "tier_scope month goes with tiers, packages or free_per_month: by a flat price every "
            "unit costs the same.",
            field="tier_scope",
        )
    if body.tier_over is not None and _scope(body) is TierScope.LINE:
        raise Invalid("tier_over goes with the tier_scope month.", field="tier_over")


def _scope(body: bodies.PriceBody) -> TierScope:
    if body.free_per_month is not None:
        return TierScope.MONTH
    return TierScope(body.tier_scope or TierScope.LINE)


def _free_first(body: bodies.PriceBody, attodollars: int) -> list[Tier]:
    """Return a free allowance is a first tier that costs nothing."""
    if body.free_per_month is None:
        return []
    return [Tier("0", 0, body.free_per_month), Tier(str(body.price), attodollars)]


def _tiers(body: bodies.PriceBody, field: str) -> list[Tier]:
    if body.tiers is None:
        return []
    pairs: list[tuple[object, object]] = []
    for place, item in enumerate(body.tiers):
        try:
            tier = parse(bodies.TierBody, item)
        except Invalid as refusal:
            raise refusal.at(f"{field}.{place}") from None
        pairs.append((tier.up_to, tier.price))
    return tiers_of(pairs, body.per, body.currency, field)


def _sent(body: bodies.PriceBody, price: Price) -> dict[str, Any]:
    """Return the same price for 1,000 and for 1,000,000 units is the same content; not for
    packages."""
    sent = body.sent() | {"price": price.unit_price}
    if price.tiers:
        sent["tiers"] = [[tier.up_to, tier.unit_price] for tier in price.tiers]
    if price.hours is not None:
        sent["hours"] = msgspec.structs.asdict(price.hours)
    if price.mode is not Mode.PACKAGE:
        del sent["per"]
    sent.pop("currency", None)
    return sent
