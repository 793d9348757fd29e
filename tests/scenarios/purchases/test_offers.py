"""Offers are published by an org, or by the platform for all orgs that have none of their own."""

from __future__ import annotations

from ledger.kernel.errors import Invalid, KeyReused, NotFound
from ledger.purchases.offer_book import OfferBook
from tests.scenarios.commands import ORG
from tests.scenarios.purchase_commands import publish_offers
from tests.scenarios.world import World


def test_each_version_of_the_offers_has_a_number(world: World) -> None:
    world.when(
        publish_offers(key="1", org=ORG),
        publish_offers(90, (2_000, 500), key="2", org=ORG),
        publish_offers(150, key="3", org=ORG, currency="jpy"),
    )
    world.then_recorded("OfferBookOpened", *["OffersPublished"] * 3)
    book = world.facts[1:]
    assert [
        each.offers_version for each in book if isinstance(each, OfferBook.OffersPublished)
    ] == [
        1,
        2,
        3,
    ]


def test_the_platform_publishes_for_all(world: World) -> None:
    world.when(publish_offers(key="1")).then_recorded("OfferBookOpened", "OffersPublished")


def test_twins_publish_once_and_other_content_is_refused(world: World) -> None:
    world.when_together(*[publish_offers(key="1", org=ORG)] * 3)
    world.then_recorded("OfferBookOpened", "OffersPublished")
    world.when(publish_offers(90, key="1", org=ORG)).then_refused(KeyReused)


def test_what_cannot_be_offered_leaves_nothing(world: World) -> None:
    world.when(publish_offers(0, key="1", org=ORG)).then_refused(Invalid, field="price")
    world.then_nothing_recorded()
    world.when(publish_offers(key="1", org="nobody")).then_refused(NotFound)
