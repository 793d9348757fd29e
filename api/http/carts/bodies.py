"""Bodies of requests about carts, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from api.http.fields import Asset, Body, Label, Sku, Subject, Units, UnitsOrZero
from api.http.promotions.code import Code
from api.http.requests import JsonBody
from ledger.kernel.limits import CODES_PER_ORDER_MAX
from ledger.pricing.asked_order import DEFAULT_LIST


class CartBody(Body):
    """A cart to open: whose, or without a `user` a guest's; in which currency, by the prices for
    customers of which `group` and of which price list, which only who sees everyone's carts may
    say."""

    currency: Asset
    user: Subject | None = None
    group: Label | None = None
    price_list: Label = DEFAULT_LIST


class CartLineBody(Body):
    """So many units more of a SKU; of an appointment, of the `slot` of its calendar."""

    sku: Sku
    units: Units = 1
    slot: Label | None = None


class CartUnitsBody(Body):
    """How many units of a SKU, or of one `slot` of it, there are to be; zero takes it out."""

    units: UnitsOrZero
    slot: Label | None = None


class CartCodesBody(Body):
    """The codes of promotions, in place of those before."""

    codes: Annotated[list[Code], Field(max_length=CODES_PER_ORDER_MAX)]


class CartMergeBody(Body):
    """Who has signed in, where the credential does not say it."""

    user: Subject | None = None


CartAsked = Annotated[CartBody, Depends(JsonBody(CartBody))]
CartLineAsked = Annotated[CartLineBody, Depends(JsonBody(CartLineBody))]
CartUnitsAsked = Annotated[CartUnitsBody, Depends(JsonBody(CartUnitsBody))]
CartCodesAsked = Annotated[CartCodesBody, Depends(JsonBody(CartCodesBody))]
CartMergeAsked = Annotated[CartMergeBody, Depends(JsonBody(CartMergeBody))]
