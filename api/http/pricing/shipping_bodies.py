"""Bodies of requests about shipping, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.conditions import currency_in
from api.http.fields import Amount, Asset, Body, Country, Label
from api.http.requests import JsonBody
from ledger.invoices.item import STANDARD
from ledger.kernel.limits import (
    COUNTRIES_PER_METHOD_MAX,
    PARCEL_WEIGHT_MAX,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
)
from ledger.kernel.money import parse_amount_or_zero
from ledger.pricing.shipping_method import ShippingMethod

Weight = Annotated[int, Field(ge=0, le=PARCEL_WEIGHT_MAX)]


class ShippingMethodBody(Body):
    """A shipping method. It costs `amount`, and `unit_amount` for each unit after the first, and
    nothing for goods of `free_from` and more. It is for orders to `countries`, or to all; of goods
    that come to `from_subtotal` and weigh `from_weight` grams at least, and `until_weight` at most.
    It is taxed by its `tax_category`. Those of a lower `priority` are offered first."""

    name: Label
    currency: Asset
    amount: Amount
    unit_amount: Amount | None = None
    free_from: Amount | None = None
    countries: Annotated[list[Country], Field(max_length=COUNTRIES_PER_METHOD_MAX)] | None = None
    from_subtotal: Amount | None = None
    from_weight: Weight = 0
    until_weight: Weight | None = None
    tax_category: Label = STANDARD
    priority: Annotated[int, Field(ge=0, le=PRIORITY_MAX)] = PRIORITY_DEFAULT


def shipping_method_in(body: ShippingMethodBody, method: str) -> ShippingMethod:
    """Return the shipping method of an id that a body says. Raises Invalid."""
    currency = currency_in(body.currency)
    free = body.free_from
    return ShippingMethod(
        id=method,
        name=body.name,
        currency=currency,
        amount=parse_amount_or_zero(body.amount, currency, "amount"),
        unit_amount=parse_amount_or_zero(body.unit_amount or "0", currency, "unit_amount"),
        free_from=None if free is None else parse_amount_or_zero(free, currency, "free_from"),
        countries=body.countries or [],
        from_subtotal=parse_amount_or_zero(body.from_subtotal or "0", currency, "from_subtotal"),
        from_weight=body.from_weight,
        until_weight=body.until_weight,
        tax_category=None if body.tax_category == STANDARD else body.tax_category,
        priority=body.priority,
    )


ShippingMethodAsked = Annotated[ShippingMethodBody, Depends(JsonBody(ShippingMethodBody))]
