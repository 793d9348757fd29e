"""What is sold in a stocked store."""

from __future__ import annotations

from api.commands.command import Command
from ledger.catalogue.benefit import Benefit
from ledger.catalogue.item_type import Kind
from ledger.catalogue.variant import Variant
from ledger.pricing.stacking import Stacking
from tests.scenarios.catalogue_commands import (
    category,
    create,
    define,
    define_benefit,
    item_type,
    publish,
)
from tests.scenarios.customer_commands import add_address, set_profile
from tests.scenarios.pricing_commands import (
    publish_prices,
    set_modifier,
    set_shipping,
    set_stacking,
)
from tests.scenarios.promotion_commands import publish_promotion, redeem


def sold() -> list[Command[object]]:
    """A row in every table of what is sold."""
    tree = [category("tops"), category("shirts", "tops")]
    shirt = [item_type(), *tree, create(categories=["shirts"]), define(), publish()]
    pack = Variant("PACK", credits=10**6)
    packs = [
        item_type("packs", Kind.CREDITS, {}, key="packs"),
        create("pack", "packs", fabric=None),
        define(pack, item="pack", options=[]),
        define_benefit("PACK", Benefit(days=30)),
    ]
    return [
        *shirt,
        *packs,
        publish_prices(key="prices"),
        set_modifier(key="modifier"),
        set_stacking(Stacking.ADDITIVE, key="stacking"),
        set_shipping(key="shipping"),
        publish_promotion(key="promotion", code="SPRING"),
        redeem(user="ada"),
        *(set_profile(), add_address(1), add_address(2, default=True)),
    ]
