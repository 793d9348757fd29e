"""From a price as its sender writes it to the price that a rate card holds."""

from __future__ import annotations

from typing import Any

from api.http import bodies
from api.http.fields import parse
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_meter
from ledger.rating.prices import Mode, Price, Tier
from ledger.rating.published import tiers_of, unit_price

_TIERED = (Mode.GRADUATED, Mode.VOLUME)


def price_of(item: object, field: str) -> tuple[Price, dict[str, Any]]:
    """A checked price, and what was sent of it in canonical form."""
    try:
        body = parse(bodies.PriceBody, item)
        check_meter(body.meter, "meter")
        _check_mode(body)
    except Invalid as refusal:
        raise refusal.at(field) from None
    mode = Mode(body.mode)
    # Also where only tiers have a price: it refuses what is wrong with `per` and `currency`.
    flat = 0 if body.price is None else body.price
    attodollars = unit_price(flat, body.per, body.currency, field, mode)
    tiers = _tiers(body, f"{field}.tiers")
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
    )
    return price, _sent(body, price)


def price_json(price: Price) -> dict[str, Any]:
    """A price as it was published."""
    return {
        "model": price.model,
        "meter": price.meter,
        "mode": price.mode,
        "price": None if price.tiers else price.price,
        "tiers": [{"up_to": tier.up_to, "price": tier.price} for tier in price.tiers] or None,
        "per": price.per,
        "currency": price.currency,
        "context_over": price.context_over,
    }


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
    """The same price for 1,000 and for 1,000,000 units is the same content; not for packages."""
    sent = body.sent() | {"price": price.unit_price}
    if price.tiers:
        sent["tiers"] = [[tier.up_to, tier.unit_price] for tier in price.tiers]
    if price.mode is not Mode.PACKAGE:
        del sent["per"]
    sent.pop("currency", None)
    return sent
