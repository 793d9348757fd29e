"""What is sold in a stocked store."""

from __future__ import annotations

from api.commands.command import Command
from ledger.pricing.stacking import Stacking
from tests.scenarios.pricing_commands import publish_prices, set_modifier, set_stacking
from tests.scenarios.promotion_commands import publish_promotion, redeem


def sold() -> list[Command[object]]:
    """Prices of a SKU, what changes them, and a promotion that an order has."""
    return [
        publish_prices(key="prices"),
        set_modifier(key="modifier"),
        set_stacking(Stacking.ADDITIVE, key="stacking"),
        publish_promotion(key="promotion", code="SPRING"),
        redeem(user="ada"),
    ]
