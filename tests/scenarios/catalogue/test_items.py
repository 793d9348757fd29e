"""An item is begun, described, defined in variants and published; its slug and its SKUs are its own
for ever, and a SKU means for ever what it meant at first."""

from __future__ import annotations

from typing import Any

import pytest

from api.commands.catalogue.items import DefineVariants
from api.commands.catalogue.lookup import require_sku
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.catalogue_item import CatalogueItem, sku_key
from ledger.catalogue.details import Media
from ledger.catalogue.item_state import ItemState
from ledger.catalogue.item_type import Kind
from ledger.catalogue.local_text import LocalText
from ledger.catalogue.sku_meaning import SkuMeaning
from ledger.catalogue.variant import Option, OptionValue, Variant
from ledger.kernel.errors import Conflict, Invalid, NotFound, Refusal
from ledger.kernel.keys import Key
from tests.scenarios.catalogue.folding import every, findings, folded
from tests.scenarios.catalogue_commands import (
    MEDIUM,
    SIZE,
    SMALL,
    archive,
    category,
    create,
    define,
    describe,
    item_type,
    publish,
)
from tests.scenarios.commands import ACTOR, ORG
from tests.scenarios.world import World


@pytest.fixture
def shop(world: World) -> World:
    """An org that sells clothes."""
    return world.given(item_type())


@pytest.fixture
def sold(shop: World) -> World:
    """A shirt in two sizes is sold there."""
    return shop.given(create(), define(), publish())


def item(world: World, name: str = "shirt") -> CatalogueItem:
    return folded(world, CatalogueItem)[name]


class Looked(DefineVariants):
    """What a command of another context does: it asks what a SKU is."""

    seen: list[SkuMeaning] = []  # noqa: RUF012  # of the test

    def idempotency_keys(self) -> list[Key]:
        return [sku_key(self.org, each.sku) for each in self.variants]

    def decide(self, unit: UnitOfWork) -> Any:
        self.seen[:] = [require_sku(unit, self.org, each.sku) for each in self.variants]
        return self.seen

    def effect(self, unit: UnitOfWork) -> PendingFact:
        raise NotImplementedError


def look(world: World, *skus: str) -> list[SkuMeaning]:
    """What SKUs are for a command of another context."""
    variants = [Variant(each) for each in skus]
    world.when(Looked(ORG, ACTOR, key="", sent={}, item="", options=[], variants=variants))
    return Looked.seen


def test_an_item_is_begun_described_defined_published_and_archived(shop: World) -> None:
    shop.when(create()).then_recorded("ItemCreated", "ItemDescribed")
    shop.when(publish()).then_refused(Conflict, field="item")
    shop.when(define()).then_recorded("VariantsDefined")
    shop.when(publish()).then_recorded("ItemPublished")
    shop.when(archive()).then_recorded("ItemArchived")
    shop.when(archive(key="again")).then_refused(Conflict, field="item")
    shop.when(publish(key="again")).then_recorded("ItemPublished")
    assert item(shop).state_of_item is ItemState.PUBLISHED
    assert findings(every(shop)) == []


def test_a_command_sent_again_does_nothing_more(sold: World) -> None:
    sold.when(create(), define(), publish()).then_nothing_recorded()
    assert [each.replayed for each in sold.command_results] == [True] * 3


@pytest.mark.parametrize("together", [True, False])
def test_a_slug_and_a_sku_are_one_item_s_also_of_those_who_come_at_once(
    shop: World, together: bool
) -> None:
    when = shop.when_together if together else shop.when
    when(create("one", slug="shirt"), create("two", slug="shirt"))
    shop.then_refused(Conflict, field="slug")
    shop.given(create("three"))
    when(define(item="one"), define(MEDIUM, item="three"))
    shop.then_refused(Conflict, field="variants.0.sku")
    shop.when(archive("one"), define(MEDIUM, item="three", key="later"))
    shop.then_refused(Conflict, field="variants.0.sku")
    assert findings(every(shop)) == []


def test_another_process_finds_what_is_taken(sold: World) -> None:
    other = sold.another_process()
    for command in (create("other", slug="shirt"), create("third")):
        sold._take(other.run([command]))
    sold._take(other.run([define(SMALL, item="third")]))
    refused = sold.refusals
    assert [each.field for each in refused] == ["slug", "variants.0.sku"]


def test_what_is_defined_no_more_is_known_and_comes_back_only_as_it_was(sold: World) -> None:
    sold.given(define(SMALL, key="one left"))
    assert look(sold, "SHIRT-S", "SHIRT-M") == [
        SkuMeaning("shirt", SMALL, Kind.PHYSICAL, "standard", True),
        SkuMeaning("shirt", MEDIUM, Kind.PHYSICAL, "standard", False),
    ]
    other = Variant("SHIRT-M", {"size": "s"})
    sold.when(define(other, key="otherwise")).then_refused(Conflict, field="variants.0")
    heavier = Variant("SHIRT-M", {"size": "m"}, weight=900, oversell=True)
    sold.given(define(SMALL, heavier, key="back"))
    assert sold.facts[0].added == []  # type: ignore[attr-defined]
    assert look(sold, "SHIRT-M")[0] == SkuMeaning("shirt", heavier, Kind.PHYSICAL, "standard", True)


def test_a_sku_that_no_item_has_is_refused_to_who_asks(sold: World) -> None:
    look(sold, "NONE")
    sold.then_refused(NotFound, field="sku")


def test_fields_are_checked_by_the_type_as_it_is_when_they_are_given(sold: World) -> None:
    sold.when(describe(fabric="silk")).then_refused(Invalid, field="fields.fabric")
    sold.when(describe(fabric=None)).then_refused(Invalid, field="fields")
    sold.given(item_type(schema={"required": ["colour"]}, key="second"))
    assert item(sold).type_version == 1
    sold.when(describe()).then_refused(Invalid, field="fields")
    sold.when(describe(fields={"colour": [1.5, None]})).then_recorded("ItemDescribed")
    assert item(sold).type_version == 2
    assert findings(every(sold)) == []


def test_how_a_type_is_fulfilled_is_for_ever(shop: World) -> None:
    shop.when(item_type(kind=Kind.PLAN, key="other")).then_refused(Conflict, field="kind")


@pytest.mark.parametrize(
    ("variants", "options", "field"),
    [
        ([SMALL, SMALL], None, "variants.1.sku"),
        ([SMALL, Variant("B", {"size": "s"})], None, "variants.1.values"),
        ([Variant("B")], None, "variants.0.values"),
        ([Variant("B", {"size": "l"})], None, "variants.0.values.size"),
        ([Variant("B", {"size": "s", "colour": "red"})], None, "variants.0.values"),
        ([Variant("B", {"size": "s"}, credits=5)], None, "variants.0.credits"),
        ([Variant("B", {"size": "s"}, plan="pro")], None, "variants.0.plan"),
        ([Variant("a b", {"size": "s"})], None, "variants.0.sku"),
        ([Variant("B", {"size": "s"}, weight=0)], None, "variants.0.weight"),
        ([SMALL], [SIZE, SIZE], "options.1.id"),
        ([SMALL], [Option("size", [])], "options.0.values"),
        ([SMALL], [Option("size", [OptionValue("s"), OptionValue("s")])], "options.0.values.1.id"),
        ([Variant(f"V{n}", {}) for n in range(201)], [], "variants"),
    ],
)
def test_variants_that_cannot_be_are_refused(
    shop: World, variants: list[Variant], options: list[Option] | None, field: str
) -> None:
    shop.given(create())
    shop.when(define(*variants, options=options)).then_refused(Invalid, field=field)
    shop.then_nothing_recorded()


def test_credits_and_plans_are_sold_by_items_of_their_kind(world: World) -> None:
    world.given(
        item_type("packs", Kind.CREDITS, {}, key="packs"),
        item_type("terms", Kind.PLAN, {}, key="t"),
    )
    world.given(create("pack", "packs"), create("pro", "terms"))
    bare = Variant("PACK")
    world.when(define(bare, item="pack", options=[])).then_refused(
        Invalid, field="variants.0.credits"
    )
    world.given(define(Variant("PACK", credits=10**9), item="pack", options=[]))
    world.given(define(Variant("PRO", plan="pro"), item="pro", options=[]))
    dearer = Variant("PACK", credits=10**10)
    world.when(define(dearer, item="pack", options=[], key="more"))
    world.then_refused(Conflict, field="variants.0")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"texts": {}}, "texts"),
        ({"texts": {"EN": LocalText("x")}}, "texts"),
        ({"texts": {"en": LocalText("")}}, "texts.en.title"),
        ({"texts": {"en": LocalText("x", "a\nb\x00")}}, "texts.en.description"),
        ({"categories": ["none"]}, "categories.0"),
        ({"media": [Media("http://x.example/a")]}, "media.0.source"),
        ({"media": [Media("https://u@x.example/a")]}, "media.0.source"),
        ({"media": [Media("a.png", {"en": ""})]}, "media.0.alt.en"),
        ({"fields": {"fabric": "wool", "n": 2**53 + 1}}, "fields"),
        ({"tax_category": ""}, "tax_category"),
    ],
)
def test_details_that_cannot_be_are_refused(shop: World, more: dict[str, Any], field: str) -> None:
    shop.given(create())
    shop.when(describe(**more)).then_refused(Invalid, field=field)


def test_details_may_be_long_and_in_several_languages(shop: World) -> None:
    texts = {"en": LocalText("Shirt", "Warm.\nSoft."), "zh-Hant-TW": LocalText("襯衫")}
    media = [Media("https://x.example/a.png", {"en": "A shirt"}), Media("shirts/a.png")]
    shop.given(category("clothing"))
    shop.when(create(texts=texts, media=media, categories=["clothing"]))
    assert not shop.refusals
    assert item(shop).details.texts == texts


@pytest.mark.parametrize(
    ("command", "kind", "field"),
    [
        (create(type="none"), NotFound, "type"),
        (describe("none"), NotFound, "item"),
        (define(item="none"), NotFound, "item"),
        (publish("none"), NotFound, "item"),
    ],
)
def test_what_is_not_there_is_named(
    shop: World, command: Any, kind: type[Refusal], field: str
) -> None:
    shop.when(command).then_refused(kind, field=field)


def test_the_check_finds_what_should_not_have_been_recorded(sold: World) -> None:
    """Facts told twice, each time of another item."""
    events = every(sold)
    sold.given(create("other"))
    created, described = every(sold)[-2:]
    ours = [each for each in events if isinstance(each[1], CatalogueItem.Event)]
    stolen = [(event, _as_of_other(fact)) for event, fact in ours]
    found = findings([*events, created, described, *stolen])
    assert {each.partition(" is ")[0] for each in found} == {
        "the slug shirt",
        "the SKU SHIRT-S",
    }
    described[1].details.fields["fabric"] = "silk"  # type: ignore[attr-defined]
    (other,) = findings([*events, created, described])
    assert "not as its type has them" in other


def _as_of_other(fact: Any) -> Any:
    other = object.__new__(type(fact))
    object.__setattr__(other, "__dict__", vars(fact) | {"originator_id": f"{ORG}/item/other"})
    return other
