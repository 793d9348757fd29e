"""What promotions take of an order, worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.base_price import PublishedPrices
from ledger.pricing.order_price import OrderPrice, price_lines, reduce_order
from ledger.pricing.stacking import Stacking
from ledger.promotions.meeting import Buyer, Candidate, Outcome, meet, outcomes
from ledger.promotions.promotion import (
    Promotion,
    PromotionKind,
    PromotionState,
    PublishedPromotion,
    Scope,
    Standing,
)
from tests.unit.pricing.orders import AT_US, order, price

PRICES = {"a": 1_000, "b": 300, "c": 50}
PERCENT: dict[str, Any] = {"kind": PromotionKind.PERCENT, "bps": 1_000}
FREE: dict[str, Any] = {"kind": PromotionKind.BUY_GET, "bps": 10_000, "scope": Scope.LINES}


def candidate(id: str = "p", by_customer: int = 0, **fields: Any) -> Candidate:
    """A promotion; what is of its state rather than of itself goes there."""
    own = {name: fields.pop(name) for name in ("standing", "redeemed", "spent") if name in fields}
    promotion = Promotion(id=id, name=id, **fields)
    state = PromotionState(PublishedPromotion(1, promotion), **own)
    return Candidate(state, by_customer)


def met(
    asked: AskedOrder,
    *candidates: Candidate,
    buyer: Buyer | None = None,
    stacking: Stacking = Stacking.SEQUENTIAL,
) -> tuple[OrderPrice, Sequence[Outcome]]:
    """An order with those promotions, and what becomes of them."""
    published = {sku: PublishedPrices(1, [price(each)]) for sku, each in PRICES.items()}
    lines = price_lines(asked, published, [])
    found = meet(candidates, asked, buyer or Buyer(), lines)
    whole = reduce_order(lines, found.reductions, stacking)
    return whole, outcomes(candidates, found, whole)


def left(asked: AskedOrder, *candidates: Candidate, **more: Any) -> list[int]:
    """What is left of each line."""
    return [each.total for each in met(asked, *candidates, **more)[0].lines]


def test_what_is_of_lines_comes_before_what_is_of_the_order() -> None:
    of_order = candidate("order", **PERCENT, priority=1)
    of_lines = candidate("lines", **PERCENT, scope=Scope.LINES, skus=["a"], priority=99)
    assert left(order(("a", 1), ("b", 1)), of_order, of_lines) == [810, 270]


@pytest.mark.parametrize(
    ("units", "fields", "totals"),
    [
        ((2, 1), {"buy": 2, "get": 1}, [2_000, 0]),
        ((2, 0), {"buy": 2, "get": 1}, [2_000]),
        ((3, 3), {"buy": 2, "get": 1}, [3_000, 300]),
        ((3, 3), {"buy": 2, "get": 1, "bps": 5_000}, [3_000, 600]),
        ((4, 2), {"buy": 2, "get": 1, "skus": ["a"], "got_skus": ["b"]}, [4_000, 0]),
        ((1, 2), {"buy": 2, "get": 1, "skus": ["a"], "got_skus": ["b"]}, [1_000, 600]),
    ],
)
def test_the_cheapest_units_are_got(
    units: tuple[int, int], fields: dict[str, Any], totals: list[int]
) -> None:
    lines = [(sku, count) for sku, count in zip("ab", units, strict=True) if count]
    assert left(order(*lines), candidate(**(FREE | fields))) == totals


def test_an_amount_is_of_the_order_or_of_each_unit() -> None:
    off: dict[str, Any] = {"kind": PromotionKind.AMOUNT, "amount": 130, "currency": "usd"}
    assert left(order(("a", 1), ("b", 1)), candidate(**off)) == [900, 270]
    of_lines = candidate(**off, scope=Scope.LINES)
    assert left(order(("a", 2), ("c", 3)), of_lines) == [1_740, 0]


def test_the_last_one_has_what_is_left_of_the_budget() -> None:
    bound = candidate(**PERCENT, currency="usd", budget=1_000, spent=960)
    price_, (outcome,) = met(order(("a", 1), ("b", 1)), bound)
    assert (price_.discount, outcome.amount, outcome.why) == (40, 40, None)


def test_free_shipping_takes_nothing_off_lines() -> None:
    free = candidate(kind=PromotionKind.FREE_SHIPPING, subtotal=1_000, currency="usd")
    price_, (outcome,) = met(order(("a", 1)), free)
    assert (price_.discount, outcome.ships_free, outcome.why) == (0, True, None)
    _, (outcome,) = met(order(("b", 1)), free)
    assert (outcome.ships_free, outcome.why) == (False, "it is for orders of at least 10.00.")


def test_only_the_best_is_taken_and_the_others_say_so() -> None:
    two = candidate("ten", **PERCENT), candidate("twenty", **(PERCENT | {"bps": 2_000}))
    price_, found = met(order(("a", 1)), *two, stacking=Stacking.BEST_ONLY)
    assert price_.total == 800
    assert [(each.amount, each.why is None) for each in found] == [(0, False), (200, True)]


@pytest.mark.parametrize(
    "fields",
    [
        {"standing": Standing.PAUSED},
        {"until_us": AT_US},
        {"from_us": AT_US + 1},
        {"redemptions_max": 1, "redeemed": 1},
        {"per_customer_max": 1, "by_customer": 1},
        {"per_customer_max": 1},
        {"currency": "eur"},
        {"currency": "usd", "budget": 5, "spent": 5},
        {"currency": "usd", "subtotal": 1_001},
        {"group": "trade"},
        {"first_order": True},
        {"skus": ["z"]},
        {"item_types": ["course"]},
    ],
)
def test_what_does_not_apply_says_why(fields: dict[str, Any]) -> None:
    asked = order(OrderLine(sku="a", units=1, item_type="book"))
    price_, (outcome,) = met(asked, candidate(**PERCENT, **fields))
    assert (price_.total, outcome.amount) == (1_000, 0)
    assert outcome.why
    known = Buyer(user="ada", first_order=True)
    if fields in ({"first_order": True}, {"per_customer_max": 1}):
        assert met(asked, candidate(**PERCENT, **fields), buyer=known)[0].total == 900
