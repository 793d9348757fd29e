"""Commands on pricing as the API would make them of checked input, in a line each."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.pricing.modifiers import RemoveModifier, SetModifier
from api.commands.pricing.policies import SetPricingPolicy
from api.commands.pricing.shipping_methods import RemoveShippingMethod, SetShippingMethod
from api.commands.pricing.sku_prices import PublishPrices
from ledger.pricing.base_price import BasePrice
from ledger.pricing.modifier import Modifier, ModifierKind
from ledger.pricing.shipping_method import ShippingMethod
from ledger.pricing.stacking import Stacking
from tests.scenarios.commands import ACTOR, ORG


def base_price(amount: int, currency: str = "usd", **fields: Any) -> BasePrice:
    """A price of one unit."""
    return BasePrice(currency=currency, amount=amount, **fields)


def publish_prices(
    subject: str = "shirt-red", *prices: BasePrice, key: str, org: str = ORG
) -> PublishPrices:
    """The prices of a SKU; of ten dollars where none are given."""
    given = list(prices or [base_price(1_000)])
    sent: dict[str, Any] = {"subject": subject, "prices": msgspec.to_builtins(given)}
    return PublishPrices(org=org, actor=ACTOR, key=key, sent=sent, subject=subject, prices=given)


def set_modifier(id: str = "tenth", *, key: str, org: str = ORG, **fields: Any) -> SetModifier:
    """A modifier that takes a tenth off where nothing else is given."""
    given: dict[str, Any] = fields or {"kind": ModifierKind.PERCENT, "bps": 1_000}
    modifier = Modifier(id=id, name=id.title(), **given)
    sent = msgspec.to_builtins(modifier)
    return SetModifier(org=org, actor=ACTOR, key=key, sent=sent, modifier=modifier)


def remove_modifier(id: str = "tenth", *, key: str, org: str = ORG) -> RemoveModifier:
    """A modifier that is no more."""
    return RemoveModifier(org=org, actor=ACTOR, key=key, sent={"modifier": id}, modifier=id)


def set_shipping(
    id: str = "parcel", *, key: str, org: str = ORG, **fields: Any
) -> SetShippingMethod:
    """A shipping method of five dollars."""
    method = ShippingMethod(id=id, name=id.title(), currency="usd", amount=500, **fields)
    sent = msgspec.to_builtins(method)
    return SetShippingMethod(org=org, actor=ACTOR, key=key, sent=sent, method=method)


def remove_shipping(id: str = "parcel", *, key: str, org: str = ORG) -> RemoveShippingMethod:
    """A shipping method that is no more."""
    return RemoveShippingMethod(org=org, actor=ACTOR, key=key, sent={"method": id}, method=id)


def set_stacking(stacking: Stacking, *, key: str, org: str = ORG) -> SetPricingPolicy:
    """How what is taken off stacks."""
    sent: dict[str, Any] = {"stacking": str(stacking)}
    return SetPricingPolicy(org=org, actor=ACTOR, key=key, sent=sent, stacking=stacking)
