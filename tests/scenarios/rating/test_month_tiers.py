"""Tiers, packages and free allowances over a calendar month: what each next line costs.

Amounts are worked by hand: in dollars beside the lines, a dollar being 10**9 microcredits.
"""

from __future__ import annotations

import dataclasses

import pytest

from ledger.kernel.errors import CapExceeded, Invalid, PriceNotFound
from ledger.kernel.limits import QUANTITY_MAX
from ledger.rating.rate_card_prices import Mode, Price, TierScope
from ledger.rating.unit_prices import tiers_of, unit_price
from tests.scenarios.commands import (
    ORG,
    USER,
    deposit,
    free_monthly,
    price,
    publish,
    register,
    usage,
    use,
)
from tests.scenarios.rating.months import (
    CALLS,
    DOLLAR,
    INPUT,
    MODEL,
    STEPS,
    calls,
    charged,
    counted,
    monthly,
    packages,
    said_before,
)
from tests.scenarios.wallet_commands import cap, caps, capture, place, release, reverse
from tests.scenarios.world import World

pytestmark = pytest.mark.usefixtures("priced_again")


# -- the three kinds -----------------------------------------------------------------------------


def test_graduated_tiers_go_on_where_the_month_is(world: World) -> None:
    """4*3 = 12, 6*3 + 2*2 = 22, 8*2 + 3*1 = 19, 5*1 = 5; together 23 cost 10*3 + 10*2 + 3."""
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    found = charged(world, *(calls(n, id=f"u{n}") for n in (4, 8, 11, 5)))
    assert found == [12, 22, 19, 5]
    assert said_before(world.lines) == [{CALLS: n} for n in (0, 4, 12, 23)]
    assert counted(world) == {(USER, CALLS, "2026-02"): 28}


def test_a_volume_tier_prices_the_line_that_reaches_it_and_none_before(world: World) -> None:
    """4 of 4 in all: 4*3 = 12, 12 in all: 8*2 = 16, 23 in all: 11*1 = 11."""
    world.given(publish([monthly("volume", *STEPS)], key="card"))
    assert charged(world, *(calls(n, id=f"u{n}") for n in (4, 8, 11))) == [12, 16, 11]


def test_packages_are_begun_once_a_month(world: World) -> None:
    """Packages of 10 at 5: 3 begin one, 7 fill it, 1 begins another, 25 reach 36: two more."""
    world.given(publish([packages("5", 10)], key="card"))
    assert charged(world, *(calls(n, id=f"u{n}") for n in (3, 7, 1, 25))) == [5, 0, 5, 10]


def test_a_million_tokens_a_month_are_free(world: World) -> None:
    """400,000 and 500,000 are free; of 300,000 the first 100,000 are, 200,000 at 2 a million are
    0.40; then all are charged: 1,000 at 2 a million are 0.002."""
    world.given(publish([free_monthly(MODEL, INPUT, 1_000_000, "2", 1_000_000)], key="card"))
    sizes = (400_000, 500_000, 300_000, 1_000)
    lines = [use(id=f"{n}", model=MODEL, quantities={INPUT: n}) for n in sizes]
    charged(world, *lines)
    assert [line.amount for line in world.lines] == [0, 0, 400_000_000, 2_000_000]


def test_input_that_is_charged_as_cached_is_not_used_of_the_input(world: World) -> None:
    """Of 1,000 input tokens 600 are cached, at 1 a million 0.0006: 400 count, then 1,000, of which
    200 are beyond the 1,200 that are free, at 2 each."""
    cached = price(MODEL, "cached_tokens", "1")
    world.given(publish([free_monthly(MODEL, INPUT, 1_200, "2"), cached], key="card"))
    first = {INPUT: 1_000, "cached_tokens": 600}
    world.when(
        usage([use(id="1", model=MODEL, quantities=first)]),
        usage([use(id="2", model=MODEL, quantities={INPUT: 1_000})]),
    )
    assert [line.amount for line in world.lines] == [600_000, 200 * 2 * DOLLAR]
    assert said_before(world.lines) == [{INPUT: 0}, {INPUT: 400}]


def test_a_month_adds_up_to_the_rounded_price_of_all_of_it(world: World) -> None:
    """At half a microcredit a unit, three lines of one unit are 0.5 → 0, 1 → 1 and 1.5 → 2: they
    cost 0, 1 and 1. Each rounded for itself, all three would cost nothing."""
    half = unit_price("0.0000000005", 1, "usd", "p")
    steps = tiers_of([(1_000, "0.0000000005"), (None, "0.0000000005")], 1, "usd", "p")
    assert steps[0].unit_price == half
    by_month = Price(
        MODEL, CALLS, "", 1, "usd", 0, Mode.GRADUATED, steps, tier_scope=TierScope.MONTH
    )  # fmt: skip
    world.given(publish([by_month], key="card"))
    world.when(*(usage([calls(1, id=f"{n}")]) for n in range(4)))
    assert [line.amount for line in world.lines] == [0, 1, 1, 0]
    assert sum(line.amount for line in world.lines) == 2  # 4 * 0.5


# -- whose, which month, which price -------------------------------------------------------------


def test_each_payer_has_a_month_of_their_own(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    uses = [calls(10, id="1"), calls(10, id="2", user="bo"), calls(1, id="3")]
    assert charged(world, *uses) == [30, 30, 2]


def test_what_the_pool_pays_for_is_one_payers(world: World, shared_world: World) -> None:
    shared_world.given(publish([monthly("graduated", *STEPS)], key="card"))
    uses = [calls(10, id="1"), calls(10, id="2", user="bo"), calls(1, id="3")]
    assert charged(shared_world, *uses) == [30, 20, 1]
    assert counted(shared_world) == {("@pool", CALLS, "2026-02"): 21}


def test_over_the_org_all_wallets_are_counted_together(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS, over="org")], key="card"))
    uses = [calls(10, id="1"), calls(10, id="2", user="bo"), calls(1, id="3")]
    assert charged(world, *uses) == [30, 20, 1]
    assert counted(world) == {("", CALLS, "2026-02"): 21}


def test_a_batch_is_charged_in_the_order_in_which_the_chain_has_its_lines(world: World) -> None:
    """Ada's two lines stand in one event, so bo's comes after both: 10*3, then 5*2, then 5*2."""
    world.given(publish([monthly("graduated", *STEPS, over="org")], key="card"))
    batch = [calls(10, id="1"), calls(5, id="2", user="bo"), calls(5, id="3")]
    world.when(usage(batch))
    assert [line.id for line in world.lines] == ["1", "2", "3"]
    assert [line.amount // DOLLAR for line in world.lines] == [30, 10, 10]
    assert said_before(world.lines) == [{CALLS: 0}, {CALLS: 15}, {CALLS: 10}]


def test_the_month_is_that_of_the_use_in_utc(world: World) -> None:
    """The last microsecond of January is January's, also when it is told on 1 February."""
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    last = calls(10, id="1", occurred="2026-01-31T23:59:59.999999Z")
    first = calls(10, id="2", occurred="2026-02-01T00:00:00Z")
    late = calls(10, id="3", occurred="2026-01-01T00:00:00Z")
    assert charged(world, last, first, late) == [30, 30, 20]
    assert counted(world) == {(USER, CALLS, "2026-01"): 20, (USER, CALLS, "2026-02"): 10}


def test_another_month_begins_with_nothing_used(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"), usage([calls(25, id="1")]))
    world.clock.move_to("2026-03-01T00:00:00Z")
    assert charged(world, calls(10, id="2")) == [30]


def test_a_new_version_goes_on_counting(world: World) -> None:
    """10*3 by the first version; then 5 more are beyond its ten, at 4 by the second."""
    world.given(publish([monthly("graduated", *STEPS)], key="one"), usage([calls(10, id="1")]))
    world.clock.move_to("2026-02-02T00:00:00Z")
    world.given(publish([monthly("graduated", (10, "9"), (None, "4"))], key="two"))
    assert charged(world, calls(5, id="2")) == [20]
    assert said_before(world.lines) == [{CALLS: 10}]


def test_an_orgs_own_card_goes_on_where_the_default_was(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="one"), usage([calls(10, id="1")]))
    world.given(publish([monthly("graduated", *STEPS)], key="own", org=ORG))
    assert charged(world, calls(1, id="2")) == [2]


def test_models_and_meters_are_counted_apart(world: World) -> None:
    other = monthly("graduated", *STEPS, model="n")
    actions = monthly("graduated", *STEPS, meter="actions")
    world.given(publish([monthly("graduated", *STEPS), other, actions], key="card"))
    world.given(usage([calls(10, id="1")]))
    both = use(id="2", model=MODEL, quantities={CALLS: 1, "actions": 1})
    assert charged(world, both, use(id="3", model="n", quantities={CALLS: 1})) == [2 + 3, 3]


def test_an_orgs_use_is_no_other_orgs(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS, over="org")], key="card"), register("other"))
    world.given(usage([calls(10, id="1")]))
    assert charged(world, calls(1, id="1"), org="other") == [3]


def test_a_given_amount_is_not_counted(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    world.given(usage([calls(10, id="1", amount="5")]))
    assert counted(world) == {}


# -- what counts, once ---------------------------------------------------------------------------


def test_lines_of_one_batch_go_on_from_each_other(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    world.when(usage([calls(10, id="1"), calls(10, id="2"), calls(1, id="3")]))
    assert [line.amount // DOLLAR for line in world.lines] == [30, 20, 1]


def test_commands_of_one_group_go_on_from_each_other(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    world.when_together(*(usage([calls(10, id=f"{n}")]) for n in range(3)))
    assert [line.amount // DOLLAR for line in world.lines] == [30, 20, 10]


def test_a_line_sent_again_counts_once(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    again = calls(10, id="1")
    world.when(usage([again]), usage([again, calls(1, id="2"), again]))
    assert [line.amount // DOLLAR for line in world.lines] == [30, 30, 2, 30]
    assert counted(world) == {(USER, CALLS, "2026-02"): 11}


def test_an_atomic_batch_that_is_refused_counts_nothing(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"))
    unknown = use(id="2", model="unknown", quantities={CALLS: 1})
    world.when(usage([calls(10, id="1"), unknown], atomic=True))
    world.then_refused(PriceNotFound)
    assert world.refusals[0].facts["index"] == 1
    assert charged(world, calls(1, id="3")) == [3]


@pytest.mark.parametrize("over", ["payer", "org"])
def test_an_atomic_batch_answers_its_first_problem(world: World, over: str) -> None:
    world.given(publish([monthly("graduated", *STEPS, over=over)], key="card"))
    strange = [use(id=user, user=user, model="unknown", quantities={CALLS: 1}) for user in "bac"]
    world.when(usage([calls(1, id="1", user="c"), *strange], atomic=True))
    assert [refusal.facts["index"] for refusal in world.refusals] == [1]


def test_what_is_refused_in_an_independent_batch_counts_nothing(world: World) -> None:
    """30 fit into the cap of 40,000 credits = 40 dollars, 10*2 more do not; 4*2 do."""
    world.given(publish([monthly("graduated", *STEPS)], key="card"), deposit("99999", key="d"))
    world.given(caps(cap("c", "40000", hard=True)))
    batch = [calls(10, id="1"), calls(10, id="2", reject=True), calls(4, id="3", reject=True)]
    world.when(usage(batch))
    world.then_refused(CapExceeded)
    assert [line.amount // DOLLAR for line in world.lines] == [30, 8]
    assert counted(world) == {(USER, CALLS, "2026-02"): 14}


def test_more_than_64_bits_of_a_month_are_refused(world: World) -> None:
    """9,223 lines of 10**15 fit into 2**63 - 1; the one after them does not."""
    world.given(publish([monthly("graduated", (1, "1"), (None, "0"))], key="card"))
    fits = (2**63 - 1) // QUANTITY_MAX
    lines = [calls(QUANTITY_MAX, id=f"{n}") for n in range(fits + 1)]
    world.when(*(usage(lines[n : n + 1_000]) for n in range(0, len(lines), 1_000)))
    world.then_refused(Invalid, field=CALLS)
    assert len(world.lines) == fits


# -- holds and reversals -------------------------------------------------------------------------


def test_a_hold_is_estimated_after_what_was_used_and_counts_nothing(world: World) -> None:
    """After 9 calls, an estimate of 3 is 3 + 2*2 = 7 dollars, however often it is asked."""
    world.given(deposit("99999", key="d"), publish([monthly("graduated", *STEPS)], key="card"))
    world.given(usage([calls(9, id="1")]))
    world.given(*(place(id=f"h{n}", model=MODEL, quantities={CALLS: 3}) for n in range(2)))
    world.then_balance("58999", held="14000")  # 99,999 - 27,000 spent - 2 * 7,000 held
    assert counted(world) == {(USER, CALLS, "2026-02"): 9}
    world.given(release(id="h0"), release(id="h1"))
    assert counted(world) == {(USER, CALLS, "2026-02"): 9}


@pytest.mark.parametrize("late", [False, True])
def test_a_captured_hold_counts_what_was_done(world: World, late: bool) -> None:
    """9 calls, then 2 captured are 1*3 + 1*2, and the next one is at 2."""
    world.given(deposit("99999", key="d"), publish([monthly("graduated", *STEPS)], key="card"))
    world.given(usage([calls(9, id="1")]), place("5", id="h"))
    if late:
        world.clock.move_to("2026-02-01T20:00:00Z")
    world.given(capture(id="h", model=MODEL, quantities={CALLS: 2}))
    assert [line.amount // DOLLAR for line in world.lines] == [5]
    assert said_before(world.lines) == [{CALLS: 9}]
    assert charged(world, calls(1, id="2")) == [2]


def test_a_reversal_gives_back_money_and_no_volume(world: World) -> None:
    world.given(publish([monthly("graduated", *STEPS)], key="card"), usage([calls(10, id="1")]))
    world.given(reverse(world.command_results[-1].stored_fact.sequence))
    assert charged(world, calls(1, id="2")) == [2]
    assert counted(world) == {(USER, CALLS, "2026-02"): 11}


def test_a_minimum_is_charged_for_what_is_free_too(world: World) -> None:
    version = dataclasses.replace(
        publish([free_monthly(MODEL, CALLS, 10, "1")], key="card"), minimum=7
    )
    world.given(version)
    world.when(usage([calls(10, id="1")]))
    assert world.lines[0].amount == 7


def test_a_margin_is_added_to_what_the_month_costs(world: World) -> None:
    """2*3 dollars and a quarter of it: 7.50."""
    card = publish([monthly("graduated", *STEPS)], key="card")
    world.given(dataclasses.replace(card, margin_bps=2_500))
    world.when(usage([calls(2, id="1")]))
    assert world.lines[0].amount == 7_500_000_000
