"""The part of the golden story that is about pricing: every fact of it, every field with and
without."""

from __future__ import annotations

from typing import Any

from api.commands.command import Command
from ledger.pricing.modifier import ModifierKind
from ledger.pricing.modifier_book import ModifierBook
from ledger.pricing.pricing_policy import PricingPolicy
from ledger.pricing.shipping_book import ShippingBook
from ledger.pricing.sku_prices import SkuPrices
from ledger.pricing.stacking import Stacking
from tests.scenarios.pricing_commands import (
    base_price,
    publish_prices,
    remove_modifier,
    remove_shipping,
    set_modifier,
    set_shipping,
    set_stacking,
)

OfPricing = SkuPrices | ModifierBook | PricingPolicy | ShippingBook
"""The aggregates of pricing."""


def pricing() -> list[Command[object]]:
    """Prices with everything that one may have, and with nothing; modifiers of each kind."""
    window: dict[str, Any] = {"from_us": 1_770_000_000_000_000, "until_us": 1_780_000_000_000_000}
    whole = base_price(
        700,
        "eur",
        price_list="spring",
        group="trade",
        from_units=10,
        until_units=49,
        **window,
    )
    return [
        publish_prices("bare", key="bare prices"),
        publish_prices("item/shirt", whole, base_price(0), key="whole prices"),
        publish_prices("bare", base_price(900), key="other prices"),
        set_modifier(key="tenth"),
        set_modifier(
            "all",
            key="all of a modifier",
            kind=ModifierKind.AMOUNT,
            amount=50,
            currency="usd",
            priority=1,
            skus=["bare"],
            item_types=["book"],
            group="trade",
            from_units=2,
            until_units=9,
            **window,
        ),
        remove_modifier(key="no tenth"),
        set_stacking(Stacking.ADDITIVE, key="stacking"),
        set_shipping(key="a parcel"),
        set_shipping(
            "all",
            key="all of a shipping method",
            unit_amount=50,
            free_from=5_000,
            countries=["DE", "FR"],
            from_subtotal=100,
            from_weight=1,
            until_weight=31_500,
            tax_category="carriage",
            priority=1,
        ),
        remove_shipping(key="no parcel"),
    ]


def state_of_pricing(aggregate: OfPricing) -> list[object]:
    """What an aggregate of pricing remembers."""
    match aggregate:
        case SkuPrices():
            return [aggregate.published]
        case ModifierBook():
            return [aggregate.modifiers]
        case PricingPolicy():
            return [aggregate.stacking]
        case ShippingBook():
            return [aggregate.methods]
