"""Rate cards: modes, tiers, contexts, minimum, margin; and amounts that are exact as defined."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from ledger.kernel.errors import PriceNotFound
from ledger.rating.rate_card import Mode, Price
from ledger.rating.unit_prices import tiers_of, unit_price
from tests.scenarios.commands import deposit, price, publish, usage, use
from tests.scenarios.world import World

MODEL, INPUT = "m", "input_tokens"


def priced(
    mode: str, dollars: str, *, per: int = 1, meter: str = "requests", currency: str = "usd"
) -> Price:
    unit = unit_price(dollars, per, currency, "p", Mode(mode))
    return Price(MODEL, meter, dollars, per, currency, unit, Mode(mode))


def tiered(mode: str, *tiers: tuple[int | None, str]) -> Price:
    return Price(MODEL, "requests", "", 1, "usd", 0, Mode(mode), tiers_of(tiers, 1, "usd", "p"))


def cost(world: World, *prices: Price, quantities: dict[str, int], **terms: Any) -> int:
    """Microcredits that a use costs by a card."""
    world.given(dataclasses.replace(publish(prices, key="card"), **terms))
    world.when(usage([use(id="u", model=MODEL, quantities=quantities)]))
    assert not world.refusals, world.refusals
    return world.lines[0].amount


@pytest.mark.parametrize(("quantity", "dollars"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_a_part_of_a_package_is_a_whole_one(world: World, quantity: int, dollars: int) -> None:
    package = priced("package", "1", per=10)
    assert cost(world, package, quantities={"requests": quantity}) == dollars * 10**9


TIERS = ((10, "3"), (20, "2"), (None, "1"))


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [(1, 3, 3), (10, 30, 30), (11, 32, 22), (20, 50, 40), (21, 51, 21), (100, 130, 100)],
)
def test_graduated_and_volume_tiers_count_from_the_first_unit(
    world: World, quantity: int, graduated: int, volume: int
) -> None:
    steps = tiered("graduated", *TIERS)
    whole = msgspec.structs.replace(tiered("volume", *TIERS), meter="actions")
    used = {"requests": quantity, "actions": quantity}
    assert cost(world, steps, whole, quantities=used) == (graduated + volume) * 10**9
    rate = world.lines[0].rate
    assert rate is not None
    assert rate.unit_prices["requests"] == rate.unit_prices["actions"]


@pytest.mark.parametrize(("tokens", "nano"), [(1000, 1000), (1001, 2002)])
def test_a_longer_context_has_its_own_price(world: World, tokens: int, nano: int) -> None:
    long = msgspec.structs.replace(price(MODEL, INPUT, "0.002"), context_over=1000)
    assert cost(world, price(MODEL, INPUT, "0.001"), long, quantities={INPUT: tokens}) == nano


def test_a_meter_priced_for_long_contexts_only_is_refused_for_short_ones(world: World) -> None:
    long = msgspec.structs.replace(price(MODEL, INPUT, "0.002"), context_over=1000)
    world.given(publish([long], key="card"))
    world.when(usage([use(id="u", model=MODEL, quantities={INPUT: 1000})]))
    world.then_refused(PriceNotFound, field=INPUT)


@pytest.mark.parametrize(("tokens", "amount"), [(1, 50), (49, 50), (50, 50), (51, 51)])
def test_a_line_costs_at_least_the_minimum(world: World, tokens: int, amount: int) -> None:
    card = price(MODEL, INPUT, "0.001")
    assert cost(world, card, quantities={INPUT: tokens}, minimum=50) == amount


@pytest.mark.parametrize(
    ("tokens", "margin_bps", "amount"),
    [(100, 250, 102), (100, 350, 104), (100, 10_000, 200), (10, 500, 10), (30, 500, 32)],
)
def test_a_margin_is_added_before_the_one_rounding(
    world: World, tokens: int, margin_bps: int, amount: int
) -> None:
    card = price(MODEL, INPUT, "0.001")
    assert cost(world, card, quantities={INPUT: tokens}, margin_bps=margin_bps) == amount


def test_half_a_credit(world: World) -> None:
    half = priced("flat", "0.5", currency="credit")
    assert cost(world, half, quantities={"requests": 1}) == 500_000
    assert cost_again(world, 3) == 1_500_000


def cost_again(world: World, requests: int) -> int:
    world.when(usage([use(id="again", model=MODEL, quantities={"requests": requests})]))
    return world.lines[0].amount


@pytest.mark.parametrize(("tokens", "amount"), [(1000, 100_000), (1, 100), (999, 99_900)])
def test_a_tenth_of_a_credit_for_a_thousand_tokens(world: World, tokens: int, amount: int) -> None:
    tenth = priced("flat", "0.1", per=1000, meter=INPUT, currency="credit")
    assert cost(world, tenth, quantities={INPUT: tokens}) == amount


def test_one_token_at_37_and_a_half_nanodollars_is_rounded_half_even(world: World) -> None:
    card = price(MODEL, INPUT, "0.0375")
    world.given(deposit("1", key="d"), publish([card], key="card"))
    counts = [1, 1, 3, 1000]
    uses = [
        use(id=f"u{n}", model=MODEL, quantities={INPUT: count}) for n, count in enumerate(counts)
    ]
    world.when(usage(uses))
    assert [line.amount for line in world.lines] == [38, 38, 112, 37_500]
    assert world.balance().available == 1_000_000 - 38 - 38 - 112 - 37_500
    assert world.transactions()[-1].balance_after == world.balance().available
