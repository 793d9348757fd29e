"""A promotion is redeemed within its limits, its budget and its time, by one order once; what is
released can be had by another."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.report import Report
from ledger.kernel.times import parse_stored_time
from ledger.promotions.inspection import PromotionInspection
from ledger.promotions.promotion import PromotionKind, Scope
from ledger.promotions.promotion_book import PromotionBook, promotion_id, restore_promotions
from tests.scenarios.commands import ORG
from tests.scenarios.invoices.folding import every
from tests.scenarios.promotion_commands import (
    end,
    pause,
    publish_promotion,
    redeem,
    release,
    resume,
)
from tests.scenarios.world import World, at

BUY_GET = {"kind": PromotionKind.BUY_GET, "bps": 10_000, "buy": 2, "get": 1}


def us(day: str) -> int:
    return parse_stored_time(f"{day}T00:00:00Z", "at")


def verify(world: World) -> Report:
    """What the check of promotions finds."""
    inspection = PromotionInspection(report := Report())
    for event, fact in every(world):
        inspection.see(event, fact)
    inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    return report


def book_of(world: World, id: str = "spring") -> PromotionBook:
    """A promotion as its row remembers it."""
    name = promotion_id(ORG, id)
    return restore_promotions(world.event_store, [name])[name]


def test_a_redemption_is_known_by_the_promotion_the_order_and_the_customer(world: World) -> None:
    world.given(publish_promotion(key="1", code="SPRING", currency="usd", budget=1_000))
    world.when(redeem(user="ada"))
    world.then_recorded(
        *("CustomerOpened", "CustomerRedeemed", "RedemptionOpened", "OrderRedeemed"),
        "PromotionRedeemed",
    )
    world.group_commit = world.another_process()
    world.when(redeem("order-2", user="ada"))
    world.then_recorded(
        "CustomerRedeemed", "RedemptionOpened", "OrderRedeemed", "PromotionRedeemed"
    )
    world.when(release())
    world.then_recorded("OrderReleased", "CustomerReleased", "RedemptionReleased")
    now = book_of(world).current
    assert (now.redeemed, now.spent, now.budget_left) == (1, 100, 900)
    rows = world.event_store.kept_rows("promotion_customers", [(ORG, "spring", "ada")])
    assert [row["redeemed"] for row in rows] == [1]
    assert verify(world).exit_code == 0


def test_an_order_has_it_once_until_it_is_released(world: World) -> None:
    world.given(publish_promotion(key="1"), redeem())
    world.when(redeem(key="again"))
    world.then_nothing_recorded()
    assert [(type(each), each.field) for each in world.refusals] == [(Conflict, "order")]
    world.given(release(), redeem(key="once more"))
    world.when(redeem(key="once more"))
    world.then_nothing_recorded()
    assert not world.refusals
    world.given(release(key="second"))
    world.when(release(key="third"), release("order-9"))
    assert [type(each) for each in world.refusals] == [NotFound, NotFound]
    assert verify(world).exit_code == 0


@pytest.mark.parametrize(
    ("fields", "first", "second", "field"),
    [
        ({"redemptions_max": 1}, {}, {}, "promotion"),
        ({"per_customer_max": 1}, {"user": "ada"}, {"user": "ada"}, "user"),
        ({"per_customer_max": 1}, {"user": "ada"}, {}, "user"),
        ({"currency": "usd", "budget": 150}, {}, {}, "amount"),
        ({"currency": "usd", "budget": 100}, {}, {"amount": 0}, "promotion"),
        ({"currency": "usd"}, {}, {"currency": "eur"}, "currency"),
    ],
)
def test_what_is_used_up_is_refused_and_had_again_when_released(
    world: World, fields: dict[str, Any], first: dict[str, Any], second: dict[str, Any], field: str
) -> None:
    world.given(publish_promotion(key="1", **fields), redeem(**first))
    world.when(redeem("order-2", key="2", **second))
    world.then_nothing_recorded()
    assert [each.field for each in world.refusals] == [field]
    world.given(release(), redeem("order-3", user="ada"))
    assert verify(world).exit_code == 0


def test_another_customer_has_it_where_one_has_had_it(world: World) -> None:
    world.given(
        publish_promotion(key="1", per_customer_max=1),
        *(redeem(f"order-{user}", user=user) for user in ("ada", "bob", "team/ada", "team")),
    )
    assert book_of(world).current.redeemed == 4


def test_it_is_had_while_it_runs_and_within_its_time(world: World) -> None:
    window: dict[str, Any] = {"from_us": us("2026-02-03"), "until_us": us("2026-02-05")}
    world.given(publish_promotion(key="1", **window))
    world.when(redeem())
    assert [each.field for each in world.refusals] == ["promotion"]
    world.given(at("2026-02-03T00:00:00Z"), redeem(key="in time"))
    world.given(pause())
    world.when(redeem("order-2"), pause(key="again"))
    assert [type(each) for each in world.refusals] == [Conflict, Conflict]
    world.given(resume(), redeem("order-2", key="resumed"))
    world.when(resume(key="again"))
    assert [type(each) for each in world.refusals] == [Conflict]
    world.given(at("2026-02-05T00:00:00Z"))
    world.when(redeem("order-3"))
    assert [type(each) for each in world.refusals] == [Conflict]
    world.given(end(), release())
    world.when(publish_promotion(key="2"), pause(key="p"), resume(key="r"), end(key="e"))
    assert [type(each) for each in world.refusals] == [Conflict] * 4
    assert verify(world).exit_code == 0


def test_a_code_is_one_promotions_for_ever(world: World) -> None:
    world.given(publish_promotion(key="1", code="SPRING"), end())
    world.when(publish_promotion("summer", key="2", code="SPRING"))
    world.then_nothing_recorded()
    assert [(type(each), each.field) for each in world.refusals] == [(Conflict, "code")]
    world.when_together(
        publish_promotion("a", key="3", code="SUMMER"),
        publish_promotion("b", key="4", code="SUMMER"),
    )
    assert [(type(each), each.field) for each in world.refusals] == [(Conflict, "code")]
    world.given(publish_promotion("a", key="5", code="SUMMER", redemptions_max=3))
    others: list[dict[str, Any]] = [{"code": None}, {"code": "WINTER"}, {"currency": "usd"}]
    for number, other in enumerate(others):
        world.when(publish_promotion("a", key=f"x{number}", **({"code": "SUMMER"} | other)))
        assert [(type(e), e.field) for e in world.refusals] == [(Invalid, next(iter(other)))]
    assert book_of(world, "a").current.published.version == 2


def test_a_version_counts_on_what_has_redeemed_it(world: World) -> None:
    world.given(publish_promotion(key="1"), redeem(), redeem("order-2"))
    world.given(publish_promotion(key="2", redemptions_max=2))
    world.when(redeem("order-3"))
    assert [each.field for each in world.refusals] == ["promotion"]


def test_the_inspection_finds_what_no_row_shows(world: World) -> None:
    world.given(publish_promotion(key="1", redemptions_max=1, currency="usd", budget=100), redeem())
    inspection = PromotionInspection(report := Report())
    for event, fact in every(world):
        inspection.see(event, fact)
        if isinstance(fact, PromotionBook.PromotionRedeemed):
            inspection.see(event, fact)  # once more, though no order has it
    inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    assert report["promotions"].wrong == 3  # beyond its limit and budget, and of no order


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("bps", {"bps": None}),
        ("amount", {"amount": 5, "currency": "usd"}),
        ("scope", {"kind": PromotionKind.FREE_SHIPPING, "scope": Scope.LINES}),
        ("buy", BUY_GET | {"buy": None, "scope": Scope.LINES}),
        ("scope", BUY_GET),
        ("got_skus", {"got_skus": ["a"]}),
        ("currency", {"budget": 5}),
        ("currency", {"currency": "credit"}),
        ("subtotal", {"currency": "usd", "subtotal": 0}),
        ("code", {"code": "lower"}),
    ],
)
def test_what_cannot_be_is_refused(world: World, field: str, fields: dict[str, Any]) -> None:
    world.when(publish_promotion(key="x", **fields))
    world.then_nothing_recorded()
    assert [each.field for each in world.refusals] == [field]
