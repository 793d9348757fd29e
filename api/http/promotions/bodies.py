"""Bodies of requests about promotions, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.choices import choice, one_of
from api.http.conditions import ItemTypes, Skus, currency_in
from api.http.fields import Amount, Asset, Body, Label, OrderId, Subject, Time, Units
from api.http.promotions.code import Code
from api.http.requests import JsonBody
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    QUANTITY_MAX,
)
from ledger.kernel.money import parse_amount, parse_amount_or_zero
from ledger.pricing.modifier import WHOLE_BPS
from ledger.promotions.promotion import Promotion, PromotionKind, Scope
from ledger.promotions.redeeming import Redeemed


class PromotionBody(Body):
    """A promotion. `percent` takes `bps` off, `amount` an amount: with the `scope` order once of
    the order, with lines of each line, or each of its units. `buy_get`: of every `buy` and `get`
    units the cheapest `get` are less by `bps`; with `got_skus` those are got for every `buy` of
    `skus`. Without a `code` it applies by itself; without `skus` it is for all, and so on.
    `subtotal`: what the lines that it is for come to at least. `budget`: what it takes in all."""

    name: Label
    kind: Annotated[PromotionKind, choice(PromotionKind), one_of(PromotionKind)]
    scope: Annotated[Scope, choice(Scope), one_of(Scope)] | None = None
    code: Code | None = None
    bps: Annotated[int, Field(ge=1, le=WHOLE_BPS)] | None = None
    amount: Amount | None = None
    currency: Asset | None = None
    buy: Units | None = None
    get: Units | None = None
    got_skus: Skus | None = None
    priority: Annotated[int, Field(ge=0, le=PRIORITY_MAX)] = PRIORITY_DEFAULT
    subtotal: Amount | None = None
    skus: Skus | None = None
    item_types: ItemTypes | None = None
    group: Label | None = None
    first_order: bool = False
    starts_at: Time | None = None
    ends_at: Time | None = None
    budget: Amount | None = None
    redemptions_max: Annotated[int, Field(ge=0, le=QUANTITY_MAX)] | None = None
    per_customer_max: Annotated[int, Field(ge=1, le=QUANTITY_MAX)] | None = None


class RedemptionBody(Body):
    """An order that has a promotion: how much that took off it, and whose order it is."""

    order: OrderId
    amount: Amount
    currency: Asset
    user: Subject | None = None


def promotion_in(body: PromotionBody, promotion: str) -> Promotion:
    """Return the promotion of an id that a body says. Raises Invalid."""
    currency = None if body.currency is None else currency_in(body.currency)
    is_of_lines = body.kind is PromotionKind.BUY_GET
    bps = WHOLE_BPS if is_of_lines and body.bps is None else body.bps
    return Promotion(
        id=promotion,
        name=body.name,
        kind=body.kind,
        scope=body.scope or (Scope.LINES if is_of_lines else Scope.ORDER),
        code=body.code,
        bps=bps,
        amount=_amount(body.amount, currency, "amount"),
        currency=currency,
        buy=body.buy,
        get=body.get,
        got_skus=body.got_skus or [],
        priority=body.priority,
        subtotal=_amount(body.subtotal, currency, "subtotal"),
        skus=body.skus or [],
        item_types=body.item_types or [],
        group=body.group,
        first_order=body.first_order,
        from_us=body.starts_at,
        until_us=body.ends_at,
        budget=_amount(body.budget, currency, "budget"),
        redemptions_max=body.redemptions_max,
        per_customer_max=body.per_customer_max,
    )


def redeemed_in(body: RedemptionBody) -> Redeemed:
    """Return the redemption that a body says. Raises Invalid."""
    currency = currency_in(body.currency)
    amount = parse_amount_or_zero(body.amount, currency, "amount")
    return Redeemed(body.order, amount, currency, body.user)


def _amount(value: object, currency: str | None, field: str) -> int | None:
    if value is None:
        return None
    if currency is None:
        raise Invalid(f"currency is required: that of {field}.", field="currency")
    return parse_amount(value, currency, field)


PromotionAsked = Annotated[PromotionBody, Depends(JsonBody(PromotionBody))]
RedemptionAsked = Annotated[RedemptionBody, Depends(JsonBody(RedemptionBody))]
