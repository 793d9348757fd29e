"""Bodies of requests about pricing, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.choices import choice, one_of
from api.http.conditions import ItemTypes, Skus, currency_in
from api.http.fields import Amount, Asset, Body, Country, Label, Name, Sku, Subject, Time, Units
from api.http.inventory.bodies import LocationId
from api.http.promotions.code import Code
from api.http.requests import JsonBody
from ledger.catalogue.item_type import Kind
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    CODES_PER_ORDER_MAX,
    LINES_PER_ORDER_MAX,
    MARKUP_BPS_MAX,
    PRICES_PER_SKU_MAX,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    WEIGHT_MAX,
)
from ledger.kernel.money import parse_amount_or_zero
from ledger.pricing.asked_order import DEFAULT_LIST, AskedOrder, OrderLine
from ledger.pricing.base_price import BasePrice
from ledger.pricing.modifier import Modifier, ModifierKind
from ledger.pricing.stacking import Stacking


class BasePriceBody(Body):
    """The price of one unit. It is for customers of a `group`, or without one for all; for
    `from_units` to `until_units` in one order, both included; and from `starts_at` until
    `ends_at`. `price_list`: which quotes may name."""

    currency: Asset
    amount: Amount
    price_list: Label = DEFAULT_LIST
    group: Label | None = None
    from_units: Units = 1
    until_units: Units | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None


class PricesBody(Body):
    """All base prices of a SKU, or of a catalogue item; none: it is not sold."""

    prices: Annotated[list[BasePriceBody], Field(max_length=PRICES_PER_SKU_MAX)]


class ModifierBody(Body):
    """A modifier: `percent` takes `bps` off, `amount` an amount of each unit, `markup` adds `bps`,
    and `override` sets an amount for each unit. Those of a lower `priority` come first. Without
    `skus` it is for all, and so on."""

    name: Label
    kind: Annotated[ModifierKind, choice(ModifierKind), one_of(ModifierKind)]
    bps: Annotated[int, Field(ge=1, le=MARKUP_BPS_MAX)] | None = None
    amount: Amount | None = None
    currency: Asset | None = None
    priority: Annotated[int, Field(ge=0, le=PRIORITY_MAX)] = PRIORITY_DEFAULT
    skus: Skus | None = None
    item_types: ItemTypes | None = None
    group: Label | None = None
    from_units: Units = 1
    until_units: Units | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None


class PricingPolicyBody(Body):
    """How what is taken off an order stacks: each takes of what remains, or of what there was
    before any, or only the best is taken."""

    stacking: Annotated[Stacking, choice(Stacking), one_of(Stacking)]


class OrderLineBody(Body):
    """So many units of a SKU; of an appointment, the `slot` of its calendar; of an internal
    transfer, the locations that they go from and to. The rest is for a catalogue that is kept
    elsewhere, and known of a SKU of `/v1/catalogue`: `item` that it is a variant of, and of which
    `item_type`, where prices or modifiers are of those; the `kind` that says whether it is sent;
    its `tax_category`; what a unit weighs, in grams."""

    sku: Sku
    units: Units = 1
    item: Sku | None = None
    item_type: Label | None = None
    kind: Annotated[Kind, choice(Kind), one_of(Kind)] | None = None
    tax_category: Label | None = None
    weight: Annotated[int, Field(ge=0, le=WEIGHT_MAX)] | None = None
    slot: Label | None = None
    from_location: LocationId | None = None
    to_location: LocationId | None = None


NAMED_BY_BUYERS = frozenset({"sku", "units", "slot", "from_location", "to_location"})
"""What of a line is for who buys to say."""


class DestinationBody(Body):
    """Where an order goes: a country of ISO 3166, and a region of it where that is taxed by
    itself."""

    country: Country
    region: Label | None = None


class OrderQuoteBody(Body):
    """What would be ordered, in which currency, by a customer of which group, by which price list,
    with which codes of promotions. `user`: who orders, as some promotions are for a customer so
    often, or for first orders; `first_order`: that it is the first of who is not named. `ship_to`:
    where it goes, which says the taxes; without it they are those of where the user is billed.
    `shipping`: by which method it is sent."""

    lines: Annotated[list[OrderLineBody], Field(min_length=1, max_length=LINES_PER_ORDER_MAX)]
    currency: Asset
    group: Label | None = None
    price_list: Label = DEFAULT_LIST
    codes: Annotated[list[Code], Field(max_length=CODES_PER_ORDER_MAX)] | None = None
    user: Subject | None = None
    first_order: bool = False
    ship_to: DestinationBody | None = None
    shipping: Name | None = None


def prices_in(body: PricesBody) -> list[BasePrice]:
    """Return the base prices that a body says. Raises Invalid."""
    found = []
    for place, each in enumerate(body.prices):
        try:
            found.append(_price_in(each))
        except Invalid as refusal:
            raise refusal.at(f"prices.{place}") from None
    return found


def _price_in(body: BasePriceBody) -> BasePrice:
    currency = currency_in(body.currency)
    return BasePrice(
        currency=currency,
        amount=parse_amount_or_zero(body.amount, currency, "amount"),
        price_list=named_list(body.price_list),
        group=body.group,
        from_units=body.from_units,
        until_units=body.until_units,
        from_us=body.starts_at,
        until_us=body.ends_at,
    )


def modifier_in(body: ModifierBody, modifier: str) -> Modifier:
    """Return the modifier of an id that a body says. Raises Invalid."""
    currency = None if body.currency is None else currency_in(body.currency)
    amount = None
    if body.amount is not None:
        if currency is None:
            raise Invalid("currency is required: that of the amount.", field="currency")
        amount = parse_amount_or_zero(body.amount, currency, "amount")
    return Modifier(
        id=modifier,
        name=body.name,
        kind=body.kind,
        bps=body.bps,
        amount=amount,
        currency=currency,
        priority=body.priority,
        skus=body.skus or [],
        item_types=body.item_types or [],
        group=body.group,
        from_units=body.from_units,
        until_units=body.until_units,
        from_us=body.starts_at,
        until_us=body.ends_at,
    )


def order_in(body: OrderQuoteBody, at_us: int) -> AskedOrder:
    """Return the order that a body asks the price of. Raises Invalid."""
    return AskedOrder(
        lines=[OrderLine(**each.model_dump()) for each in body.lines],
        currency=currency_in(body.currency),
        at_us=at_us,
        group=body.group,
        price_list=named_list(body.price_list),
        ship_to=place_in(body.ship_to) if body.ship_to else None,
        shipping=body.shipping,
    )


def place_in(body: DestinationBody) -> TaxPlace:
    """Return where a body says that an order goes."""
    return TaxPlace(body.country, body.region)


def named_list(price_list: str) -> str | None:
    """Return a price list, if it is not the one that has no name."""
    return None if price_list == DEFAULT_LIST else price_list


PricesAsked = Annotated[PricesBody, Depends(JsonBody(PricesBody))]
ModifierAsked = Annotated[ModifierBody, Depends(JsonBody(ModifierBody))]
PricingPolicyAsked = Annotated[PricingPolicyBody, Depends(JsonBody(PricingPolicyBody))]
OrderQuoteAsked = Annotated[OrderQuoteBody, Depends(JsonBody(OrderQuoteBody))]
