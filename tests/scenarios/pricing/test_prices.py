"""Prices are published whole, in versions; modifiers are set and removed, and there are not more
than may be."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.limits import AMOUNT_MAX, MODIFIERS_MAX, SHIPPING_METHODS_MAX
from ledger.pricing.sku_prices import SkuPrices, restore_prices, sku_prices_id
from ledger.pricing.stacking import Stacking
from tests.scenarios.commands import ORG
from tests.scenarios.pricing_commands import (
    base_price,
    publish_prices,
    remove_modifier,
    remove_shipping,
    set_modifier,
    set_shipping,
    set_stacking,
)
from tests.scenarios.world import World


def test_prices_are_published_whole_and_a_version_never_changes(world: World) -> None:
    world.when(publish_prices(key="1"))
    world.then_recorded("PricesOpened", "PricesPublished")
    world.group_commit = world.another_process()
    world.when(publish_prices("shirt-red", base_price(900, "eur"), key="2"))
    world.then_recorded("PricesPublished")
    (second,) = world.facts
    assert isinstance(second, SkuPrices.PricesPublished)
    assert (second.price_version, second.prices) == (2, [base_price(900, "eur")])
    name = sku_prices_id(ORG, "shirt-red")
    found = restore_prices(world.event_store, [name, sku_prices_id(ORG, "none")])
    assert [(each.version, each.published.version) for each in found.values()] == [(3, 2)]


def test_the_same_key_publishes_once_and_other_content_is_refused(world: World) -> None:
    world.given(publish_prices(key="1"))
    world.when(publish_prices(key="1"), publish_prices("shirt-red", base_price(1), key="1"))
    world.then_nothing_recorded()
    assert [each.field for each in world.refusals] == ["Idempotency-Key"]


def test_ties_are_refused_and_nothing_is_recorded(world: World) -> None:
    world.when(publish_prices("a", base_price(1), base_price(2), key="1"))
    world.then_nothing_recorded()
    (refusal,) = world.refusals
    assert (type(refusal), refusal.field) == (Invalid, "prices.1")


def test_modifiers_are_set_in_place_of_one_another_and_removed(world: World) -> None:
    world.given(set_modifier(key="1"), set_modifier("half", key="2"))
    world.when(set_modifier(key="3"), remove_modifier("half", key="4"))
    world.then_recorded("ModifierSet", "ModifierRemoved")
    world.when(remove_modifier("half", key="5"))
    world.then_nothing_recorded()
    assert [type(each) for each in world.refusals] == [NotFound]


def test_an_org_has_so_many_modifiers_and_no_more(world: World) -> None:
    world.when_together(*(set_modifier(f"m{n}", key=f"{n}") for n in range(MODIFIERS_MAX + 1)))
    assert [each.field for each in world.refusals] == ["id"]
    world.when(set_modifier("m0", key="again"))
    world.then_recorded("ModifierSet")
    row = world.event_store.kept_rows("price_modifiers", [(ORG,)])
    assert len(row[0]["modifiers"]) == MODIFIERS_MAX


def test_shipping_methods_are_set_in_place_of_one_another_and_removed(world: World) -> None:
    world.given(set_shipping(key="1"), set_shipping("freight", key="2"))
    world.when(set_shipping(key="3", unit_amount=1), remove_shipping("freight", key="4"))
    world.then_recorded("ShippingMethodSet", "ShippingMethodRemoved")
    world.when(remove_shipping("freight", key="5"))
    world.then_nothing_recorded()
    assert [type(each) for each in world.refusals] == [NotFound]
    (row,) = world.event_store.kept_rows("shipping_methods", [(ORG,)])
    assert [each["unit_amount"] for each in row["methods"]] == [1]


def test_an_org_has_so_many_shipping_methods_and_no_more(world: World) -> None:
    methods = (set_shipping(f"m{n}", key=f"{n}") for n in range(SHIPPING_METHODS_MAX + 1))
    world.when_together(*methods)
    assert [each.field for each in world.refusals] == ["id"]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("unit_amount", {"unit_amount": -1}),
        ("free_from", {"free_from": AMOUNT_MAX + 1}),
        ("countries", {"countries": ["DE", "DE"]}),
        ("countries.1", {"countries": ["DE", "de"]}),
        ("until_weight", {"from_weight": 2, "until_weight": 1}),
        ("tax_category", {"tax_category": ""}),
        ("priority", {"priority": -1}),
    ],
)
def test_what_no_shipping_method_can_be_is_named(
    world: World, field: str, fields: dict[str, Any]
) -> None:
    world.when(set_shipping(key="1", **fields))
    world.then_nothing_recorded()
    assert [each.field for each in world.refusals] == [field]


@pytest.mark.parametrize("stacking", Stacking)
def test_an_org_decides_how_reductions_stack(world: World, stacking: Stacking) -> None:
    world.when(set_stacking(stacking, key="1"))
    world.then_recorded("PricingPolicyOpened", "PricingPolicySet")
    (row,) = world.event_store.kept_rows("pricing_policies", [(ORG,)])
    assert row["stacking"] == stacking
