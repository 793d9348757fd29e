"""A gift card: what can be claimed, by whom, until when, and what becomes of the rest."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.limits import CLAIM_MAX_US, OPEN_CLAIMS_MAX, STORED_VALUE_MAX
from ledger.stored_value.value_facts import GiftCardIssued, ValueGivenBack
from ledger.stored_value.value_source import of_gift_card
from tests.scenarios.value_commands import (
    CARD,
    MINUTE_US,
    OTHER_CARD,
    adjust,
    claim,
    disable,
    enable,
    give_back,
    issue,
    release,
    settle,
    stored,
    sweep_value,
    verify,
)
from tests.scenarios.world import World, at

LATER, TOMORROW, NEXT_YEAR = (
    "2026-02-01T12:15:00Z",
    "2026-02-02T12:00:00Z",
    "2027-02-01T12:00:00Z",
)


@pytest.fixture
def shop(world: World) -> World:
    """A gift card of 50.00 usd."""
    return world.given(issue())


def test_what_an_order_claims_is_nobody_elses_until_it_is_spent_or_released(shop: World) -> None:
    shop.given(claim("o1", 3_000))
    assert stored(shop) == (5_000, 3_000)
    shop.when(claim("o2", 2_001)).then_refused(Conflict, field="amount")
    shop.given(claim("o2", 2_000), settle("o1"))
    assert stored(shop) == (2_000, 2_000)
    shop.given(release("o2"), claim("o3", 2_000))
    assert stored(shop) == (2_000, 2_000)
    assert verify(shop).exit_code == 0


def test_an_order_has_one_claim_on_a_card_and_spends_it_once(shop: World) -> None:
    shop.given(claim("o1", 1_000))
    for again in (claim("o1", 1_000), claim("o1", 2_000)):
        shop.when(again).then_refused(Conflict, field="order")
        shop.then_nothing_recorded()
    shop.given(settle("o1"))
    for twice in (settle("o1"), release("o1"), claim("o1", 1_000)):
        shop.when(twice).then_refused(Conflict, field="order")
        shop.then_nothing_recorded()
    assert stored(shop) == (4_000, 0)


def test_an_order_that_released_may_claim_again_and_nobody_releases_anothers(shop: World) -> None:
    shop.given(claim("o1", 1_000))
    for other in (release("o2"), settle("o2"), give_back("o2", 1), give_back("o1", 1)):
        shop.when(other).then_refused(Conflict, field="order")
    shop.given(release("o1"), claim("o1", 2_000), settle("o1"))
    assert stored(shop) == (3_000, 0)


def test_twins_in_one_group_are_decided_one_after_the_other(shop: World) -> None:
    shop.when_together(*(claim(f"o{n}", 1_000) for n in range(7)))
    assert (len(shop.refusals), stored(shop)) == (2, (5_000, 5_000))
    shop.when_together(settle("o1"), release("o1"), settle("o1"))
    assert (len(shop.refusals), stored(shop)) == (2, (4_000, 4_000))
    assert verify(shop).exit_code == 0


def test_time_ends_a_claim_whether_or_not_that_is_recorded(shop: World) -> None:
    shop.given(claim("o1", 5_000), at(LATER))
    shop.when(settle("o1")).then_refused(Conflict, field="order")
    shop.when(release("o1")).then_refused(Conflict, field="order")
    shop.when(claim("o2", 5_000)).then_recorded("ClaimExpired", "ValueClaimed")
    shop.given(at("2026-02-01T12:30:00Z"), sweep_value())
    shop.then_recorded("ClaimExpired")
    assert stored(shop) == (5_000, 0)
    assert verify(shop).exit_code == 0


def test_no_more_comes_back_than_an_order_has_spent(shop: World) -> None:
    shop.given(claim("o1", 3_000), settle("o1"), give_back("o1", 1_000))
    shop.when(give_back("o1", 2_001)).then_refused(Conflict, field="amount")
    shop.when(give_back("o1", 1, currency="eur")).then_refused(Invalid, field="currency")
    shop.given(give_back("o1", 2_000))
    assert stored(shop) == (5_000, 0)
    shop.when(give_back("o1", 1)).then_refused(Conflict, field="amount")
    assert verify(shop).exit_code == 0


def test_a_doubled_refund_under_one_key_comes_back_once(shop: World) -> None:
    shop.given(claim("o1", 3_000), settle("o1"))
    shop.given(give_back("o1", 1_000, key="refund"), give_back("o1", 1_000, key="refund"))
    assert stored(shop) == (3_000, 0)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (claim("o1", 1, currency="eur"), "currency"),
        (claim("o1", 0), "amount"),
        (claim("o1", -1), "amount"),
        (claim("o1", 1, lasts_us=0), "expires_in"),
        (claim("o1", 1, lasts_us=CLAIM_MAX_US + 1), "expires_in"),
        (adjust(0), "amount"),
        (adjust(STORED_VALUE_MAX), "amount"),
        (issue(0, OTHER_CARD), "amount"),
        (issue(STORED_VALUE_MAX + 1, OTHER_CARD), "amount"),
        (issue(1, OTHER_CARD, currency="credit"), "currency"),
        (issue(1, OTHER_CARD, expires="2026-02-01T12:00:00Z"), "expires_at"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(shop: World, asked: object, field: str) -> None:
    shop.when(asked).then_refused(Invalid, field=field)  # type: ignore[arg-type]
    shop.then_nothing_recorded()


def test_a_card_that_is_not_there_is_not_found(shop: World) -> None:
    other = of_gift_card(OTHER_CARD)
    for asked in (claim("o1", 1, other), settle("o1", other), disable(OTHER_CARD)):
        shop.when(asked).then_refused(NotFound, field="gift_card")


def test_a_disabled_card_gives_nothing_more_but_what_is_claimed_and_takes_back(
    shop: World,
) -> None:
    shop.given(claim("o1", 1_000), disable())
    shop.when(claim("o2", 1_000)).then_refused(Conflict, field="gift_card")
    shop.when(disable()).then_refused(Conflict, field="gift_card")
    shop.given(settle("o1"), give_back("o1", 500))
    shop.when(claim("o2", 1_000)).then_refused(Conflict, field="gift_card")
    shop.given(enable(), claim("o2", 4_500))
    shop.when(enable()).then_refused(Conflict, field="gift_card")
    assert verify(shop).exit_code == 0


def test_a_person_adds_and_takes_but_never_what_is_claimed(shop: World) -> None:
    shop.given(claim("o1", 3_000), adjust(1_000), adjust(-3_000))
    assert stored(shop) == (3_000, 3_000)
    shop.when(adjust(-1)).then_refused(Conflict, field="amount")


def test_so_many_orders_claim_of_one_card_and_no_more(world: World) -> None:
    world.given(issue(10**6), *(claim(f"o{n}", 1) for n in range(OPEN_CLAIMS_MAX)))
    world.when(claim("one more", 1)).then_refused(Conflict, field="gift_card")
    world.given(release("o0"), claim("one-more", 1))


class TestExpiry:
    """When a card's time is over."""

    @pytest.fixture
    def shop(self, world: World) -> World:
        """A gift card that can be used until tomorrow, of which an order has claimed some."""
        lasts_us = 3 * 24 * 60 * MINUTE_US
        return world.given(issue(expires=TOMORROW), claim("o1", 2_000, lasts_us=lasts_us))

    def test_the_rest_is_ours_and_what_is_claimed_can_be_spent(self, shop: World) -> None:
        shop.given(at(TOMORROW))
        shop.when(claim("o2", 1)).then_refused(Conflict, field="gift_card")
        shop.when(adjust(1)).then_refused(Conflict, field="gift_card")
        shop.given(sweep_value()).then_recorded("ValueExpired")
        assert stored(shop) == (2_000, 2_000)
        shop.given(settle("o1"), sweep_value())
        assert stored(shop) == (0, 0)
        assert verify(shop).exit_code == 0

    def test_what_is_released_then_is_ours_too(self, shop: World) -> None:
        shop.given(at(TOMORROW), release("o1")).then_recorded("ValueExpired", "ClaimReleased")
        shop.given(sweep_value()).then_recorded("ValueExpired")
        assert stored(shop) == (0, 0)
        assert verify(shop).exit_code == 0

    def test_what_comes_back_can_be_used_and_what_was_ours_is_not_revived(
        self, shop: World
    ) -> None:
        shop.given(settle("o1")).given(at(NEXT_YEAR), give_back("o1", 1_500))
        shop.then_recorded("OrderGivenBack", "ValueExpired", "ValueGivenBack")
        assert stored(shop) == (1_500, 0)
        (back,) = [each for each in shop.facts if isinstance(each, ValueGivenBack)]
        assert back.expires_us is not None
        shop.given(claim("o2", 1_500))
        assert verify(shop).exit_code == 0

    def test_a_card_without_an_end_gets_none(self, world: World) -> None:
        world.given(issue(), claim("o1", 1_000), settle("o1"), give_back("o1", 1_000))
        assert [f.expires_us for f in world.facts if isinstance(f, ValueGivenBack)] == [None]


def test_its_code_is_in_no_fact_and_no_row(world: World) -> None:
    world.given(issue(user="ada", order="o9", note="for Bob"))
    (fact,) = [each for each in world.facts if isinstance(each, GiftCardIssued)]
    assert (fact.card.user, fact.card.order, len(fact.card.digest)) == ("ada", "o9", 43)
    assert b"Bob" not in world.events[0].body
    (row,) = world.event_store.kept_rows("stored_values", [("acme", f"gift-card/{CARD}")])
    assert row["code_digest"] == fact.card.digest
