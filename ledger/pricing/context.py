"""The context of pricing: what lines of an order cost, and to send it."""

from __future__ import annotations

from ledger.kernel.context import Context, Table
from ledger.pricing.modifier_book import MODIFIERS_STREAM, ModifierBook
from ledger.pricing.pricing_policy import PRICING_POLICY_STREAM, PricingPolicy
from ledger.pricing.shipping_book import SHIPPING_STREAM, ShippingBook
from ledger.pricing.sku_prices import SKU_PRICE_STREAM, SKU_PRICES, SkuPrices

CONTEXT = Context(
    name="pricing",
    aggregates=(SkuPrices, ModifierBook, PricingPolicy, ShippingBook),
    uses=("catalogue", "invoices"),
    tables=(
        Table(SKU_PRICES, key=("org", "id"), stream=f"{SKU_PRICE_STREAM}/{{id}}"),
        Table("price_modifiers", stream=MODIFIERS_STREAM),
        Table("pricing_policies", stream=PRICING_POLICY_STREAM),
        Table("shipping_methods", stream=SHIPPING_STREAM),
    ),
)
