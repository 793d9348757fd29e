"""The price of an order, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import SKU_PRICE_MAX, UNITS_MAX
from ledger.pricing.asked_order import OrderLine
from ledger.pricing.base_price import BasePrice, check_prices
from ledger.pricing.reduction import Reduction
from ledger.pricing.stacking import Stacking
from ledger.pricing.unit_shares import share_of_units
from tests.unit.pricing.orders import AT_US, modifier, of_order, order, price, priced, totals

SEQUENTIAL, ADDITIVE, BEST = Stacking
DAY_US = 86_400_000_000


@pytest.mark.parametrize(
    ("amount", "lines", "shares"),
    [
        (5, [1] * 11, [1] * 5 + [0] * 6),
        (99, [10, 20, 10, 30, 50, 20, 10, 40], [5, 11, 5, 16, 26, 10, 5, 21]),
        (299, [4_300, 1_400, 2_300], [161, 52, 86]),
    ],
)
def test_a_discount_of_the_order_is_spread_to_the_unit(
    amount: int, lines: list[int], shares: list[int]
) -> None:
    left = totals(lines, of_order("off", [1] * len(lines), amount=amount), stacking=SEQUENTIAL)
    assert [before - after for before, after in zip(lines, left, strict=True)] == shares


@pytest.mark.parametrize(
    ("stacking", "total"), [(SEQUENTIAL, 2_520), (ADDITIVE, 2_450), (BEST, 2_800)]
)
def test_ten_and_twenty_percent_of_3500_stack_as_the_org_decides(
    stacking: Stacking, total: int
) -> None:
    off = [of_order("ten", [1], bps=1_000), of_order("twenty", [1], bps=2_000)]
    assert totals([3_500], *off, stacking=stacking) == [total]


@pytest.mark.parametrize(
    ("units", "amount"), [(1, 1_000), (9, 1_000), (10, 800), (49, 800), (50, 600), (10**9, 600)]
)
def test_the_price_is_that_of_the_quantity(units: int, amount: int) -> None:
    tiers = [
        price(1_000, from_units=1, until_units=9),
        price(800, from_units=10, until_units=49),
        price(600, from_units=50),
    ]
    check_prices(tiers)
    (line,) = priced(order(("a", units)), {"a": tiers}).lines
    assert line.total == amount * units


def test_two_lines_of_one_sku_are_priced_as_one() -> None:
    tiers = [price(1_000, until_units=9), price(800, from_units=10)]
    assert priced(order(("a", 5), ("a", 5)), {"a": tiers}).total == 8_000


def test_the_most_particular_price_is_taken() -> None:
    prices = [price(1_000), price(700, group="trade")]
    assert priced(order(("a", 1), group="trade"), {"a": prices}).total == 700
    assert priced(order(("a", 1)), {"a": prices}).total == 1_000
    later = [*prices, price(900, from_us=AT_US - DAY_US), price(1, from_us=AT_US + 1)]
    assert priced(order(("a", 1)), {"a": later}).total == 900
    narrow = [*later, price(950, until_units=2)]
    assert priced(order(("a", 1)), {"a": narrow}).total == 950
    over = [*later, price(800, until_us=AT_US, from_us=AT_US - 1)]
    assert priced(order(("a", 1)), {"a": over}).total == 900
    named = [*narrow, price(850, price_list="spring")]
    assert priced(order(("a", 1), price_list="spring"), {"a": named}).total == 850
    assert priced(order(("a", 1)), {"a": named}).total == 950


def test_a_price_of_the_sku_comes_before_one_of_its_item() -> None:
    line = OrderLine(sku="a", units=2, item="shirt")
    of_item = {"item/shirt": 500}
    assert priced(order(line), of_item).total == 1_000
    assert priced(order(line), of_item | {"a": 600}).total == 1_200
    euros = of_item | {"a": [price(600, currency="eur")]}
    assert priced(order(line), euros).total == 1_000


def test_a_breakdown_names_every_step() -> None:
    found = priced(
        order(("a", 1)),
        {"a": 1_000},
        modifier("off", "amount", amount=50, currency="usd", priority=20),
        modifier("tenth", "percent", bps=1_000, priority=10),
    )
    (line,) = found.lines
    assert [(each.of, each.delta, each.amount_after) for each in line.steps] == [
        ("a", 1_000, 1_000),
        ("tenth", -100, 900),
        ("off", -50, 850),
    ]


def test_modifiers_change_what_they_fit() -> None:
    line = OrderLine(sku="a", units=10, item_type="book")
    changes: dict[str, tuple[dict[str, Any], int]] = {
        "markup": ({"bps": 500}, 10_500),
        "override": ({"amount": 30, "currency": "usd"}, 300),
        "amount": ({"amount": 2_000, "currency": "usd"}, 0),
        "percent": ({"bps": 10_000}, 0),
    }
    for kind, (fields, total) in changes.items():
        assert priced(order(line), {"a": 1_000}, modifier("m", kind, **fields)).total == total
    unfit: list[dict[str, Any]] = [
        {"skus": ["b"]},
        {"item_types": ["course"]},
        {"group": "trade"},
        {"until_units": 9},
        {"currency": "eur"},
        {"from_us": AT_US + 1},
        {"until_us": AT_US},
    ]
    for place, fields in enumerate(unfit):
        off = modifier(f"m{place}", "percent", bps=5_000, **fields)
        assert priced(order(line), {"a": 1_000}, off).total == 10_000


def test_what_goes_back_with_units_is_exactly_what_they_came_to() -> None:
    whole = of_order("fifth", [1, 1], bps=2_000)
    lines = priced(order(("a", 1), ("b", 1)), {"a": 5_000, "b": 5_000}, off=[whole]).lines
    assert [each.share_of(0, 1) for each in lines] == [4_000, 4_000]
    (pair,) = priced(order(("a", 2)), {"a": 5_000}, off=[of_order("o", [2], bps=2_000)]).lines
    assert [pair.share_of(after, 1) for after in range(2)] == [4_000, 4_000]
    thirds = [share_of_units(101, 3, after, 1) for after in range(3)]
    assert (thirds, sum(thirds)) == ([33, 34, 34], 101)


def test_a_reduction_of_lines_takes_of_each_and_never_more_than_its_limit() -> None:
    asked, prices = order(("a", 2), ("b", 1), ("c", 1)), {"a": 500, "b": 300, "c": 100}
    off = Reduction(id="o", name="o", is_of_order=False, units={0: 2, 1: 1}, amount=200)
    assert [each.total for each in priced(asked, prices, off=[off]).lines] == [600, 100, 100]
    one = Reduction(id="o", name="o", is_of_order=False, units={0: 1}, bps=10_000)
    assert [each.total for each in priced(asked, prices, off=[one]).lines] == [500, 300, 100]
    bound = Reduction(
        id="o", name="o", is_of_order=False, units={0: 2, 1: 1}, amount=200, limit=300
    )
    found = priced(asked, prices, off=[bound])
    assert ([each.total for each in found.lines], found.discount) == ([800, 200, 100], 300)


def test_no_line_goes_below_zero_whatever_is_taken() -> None:
    for stacking in Stacking:
        off = [of_order("all", [1, 1], amount=10**6), of_order("half", [1, 1], bps=5_000)]
        assert totals([1_000, 1], *off, stacking=stacking) == [0, 0]


def test_what_has_no_price_names_its_line() -> None:
    unsold: list[dict[str, list[BasePrice]]] = [{}, {"b": [price(1, currency="eur")]}, {"b": []}]
    for of_b in unsold:
        with pytest.raises(Invalid) as raised:
            priced(order(("a", 1), ("b", 1)), {"a": 1, **of_b})
        assert raised.value.field == "lines.1.sku"
    with pytest.raises(Invalid) as raised:
        priced(order(("a", UNITS_MAX)), {"a": SKU_PRICE_MAX})
    assert raised.value.field == "lines.0.units"


@pytest.mark.parametrize(
    "tied",
    [
        [price(1), price(2)],
        [price(1, from_units=1, until_units=10), price(2, from_units=10, until_units=19)],
        [price(1, from_units=1), price(5, group="g"), price(2, group="g", until_us=AT_US)],
        [price(1, from_us=1), price(2, from_us=1, until_us=2)],
    ],
)
def test_ties_are_refused(tied: list[BasePrice]) -> None:
    with pytest.raises(Invalid) as raised:
        check_prices(tied)
    assert raised.value.field == f"prices.{len(tied) - 1}"


def test_what_differs_is_no_tie() -> None:
    check_prices(
        [
            price(1),
            price(1, currency="eur"),
            price(1, group="g"),
            price(1, price_list="spring"),
            price(1, from_us=1),
            price(1, until_units=9),
            price(1, from_units=10, until_units=18),
            price(1, from_units=2),
        ]
    )
