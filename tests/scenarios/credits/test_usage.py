"""Usage lines: what they keep, who pays, how they are priced, and when they are dated."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.errors import Invalid, PriceNotFound
from tests.scenarios.commands import ORG, credits_of, deposit, price, publish, us, usage, use
from tests.scenarios.world import World, at

MODEL = "gpt-large"
INPUT, CACHED, OUTPUT = "input_tokens", "cached_tokens", "output_tokens"
CARD = publish([price(MODEL, INPUT, "2.50"), price(MODEL, OUTPUT, "10")], key="card")


def amount_of(world: World, **quantities: int) -> int:
    world.when(usage([use(id=f"u{world.clock()}", model=MODEL, quantities=quantities)]))
    return world.lines[0].amount


def test_a_line_keeps_everything(world: World) -> None:
    labels: dict[str, Any] = {
        "service": "chat",
        "project": "p1",
        "provider": "openai",
        "model": "m",
    }
    asked = use("1", id="u", user="bob", metadata='{"a":"b"}', quantities={INPUT: 7}, **labels)
    (line,) = world.when(usage([asked])).lines
    assert (line.id, line.user, line.credential) == ("u", "bob", "key-1")
    assert (line.service, line.project, line.provider, line.model) == tuple(labels.values())
    assert (line.quantities, line.rate, line.amount) == ({INPUT: 7}, None, credits_of("1"))
    assert line.metadata is not None
    assert line.metadata == asked.metadata.digest if asked.metadata else False
    assert "a" not in world.events[-1].body.decode().split('"metadata":')[1][:3]


def test_a_given_amount_is_the_charge_and_the_model_a_label(world: World) -> None:
    world.given(CARD)
    world.when(usage([use("7", id="u", model=MODEL, quantities={INPUT: 1_000_000})]))
    assert (world.lines[0].amount, world.lines[0].rate) == (credits_of("7"), None)


def test_the_rate_card_prices_tokens(world: World) -> None:
    world.given(CARD)
    assert amount_of(world, input_tokens=1000, output_tokens=100) == credits_of("3.5")
    rate = world.lines[0].rate
    assert rate is not None
    assert (rate.card, rate.version) == ("default", 1)
    assert rate.unit_prices == {INPUT: 2_500 * 10**9, OUTPUT: 10_000 * 10**9}


def test_cached_tokens_are_part_of_the_input(world: World) -> None:
    world.given(CARD)
    assert amount_of(world, input_tokens=1000, cached_tokens=400) == credits_of("2.5")
    prices = [price(MODEL, INPUT, "2.50"), price(MODEL, CACHED, "0.25")]
    world.given(at("2026-02-01T12:00:01Z"), publish(prices, key="cached"))
    assert amount_of(world, input_tokens=1000, cached_tokens=400) == credits_of("1.6")


@pytest.mark.parametrize("quantities", [{CACHED: 1}, {INPUT: 1, CACHED: 2}])
@pytest.mark.parametrize("has_price", [True, False])
def test_more_cached_than_input_tokens_are_refused(
    world: World, quantities: dict[str, int], has_price: bool
) -> None:
    cached = [price(MODEL, CACHED, "0.25")] if has_price else []
    world.given(publish([price(MODEL, INPUT, "2.50"), *cached], key="card"))
    world.when(usage([use(id="u", model=MODEL, quantities=quantities)])).then_nothing_recorded()
    world.then_refused(Invalid, field=CACHED)


@pytest.mark.parametrize(
    ("dollars", "tokens", "microcredits"),
    [
        ("0.0005", 1, 0),
        ("0.0005", 3, 2),
        ("0.0015", 1, 2),
        ("0.0025", 1, 2),
        ("0.000500000001", 1, 1),
        ("0.0375", 1, 38),
        ("0.0375", 1000, 37_500),
    ],
)
def test_a_line_is_rounded_once_and_half_even(
    world: World, dollars: str, tokens: int, microcredits: int
) -> None:
    world.given(publish([price(MODEL, INPUT, dollars)], key="card"))
    assert amount_of(world, input_tokens=tokens) == microcredits


def test_the_sum_of_meters_is_rounded_not_each_of_them(world: World) -> None:
    halves = [price(MODEL, INPUT, "0.0005"), price(MODEL, OUTPUT, "0.0005")]
    world.given(publish(halves, key="card"))
    assert amount_of(world, input_tokens=1, output_tokens=1) == 1


@pytest.mark.parametrize(
    ("model", "meter"), [("unknown", INPUT), (MODEL, "images")], ids=["model", "meter"]
)
def test_what_has_no_price_is_refused_never_free(world: World, model: str, meter: str) -> None:
    world.given(CARD)
    world.when(usage([use(id="u", model=model, quantities={meter: 1})])).then_nothing_recorded()
    world.then_refused(PriceNotFound)


@pytest.mark.parametrize("labels", [{}, {"model": MODEL}, {"quantities": {INPUT: 1}}])
def test_neither_amount_nor_something_to_price_is_refused(
    world: World, labels: dict[str, Any]
) -> None:
    world.given(CARD)
    world.when(usage([use(id="u", **labels)])).then_nothing_recorded()
    world.then_refused(Invalid)


def test_a_price_above_64_bits_of_attodollars_is_exact(world: World) -> None:
    world.given(publish([price(MODEL, "requests", "25", per=1)], key="card"))
    assert amount_of(world, requests=2) == credits_of("50000")


def test_the_first_version_of_a_card_prices_what_is_older_too(world: World) -> None:
    world.given(CARD)
    uses = [use(id="u", model=MODEL, quantities={INPUT: 1000}, occurred="2020-01-01T00:00:00Z")]
    world.when(usage(uses))
    assert (world.lines[0].amount, world.lines[0].late) == (credits_of("2.5"), True)


def test_a_line_is_priced_by_the_time_it_occurred(world: World) -> None:
    change = "2026-02-02T00:00:00Z"
    world.given(CARD, publish([price(MODEL, INPUT, "1")], key="cheaper", since=change), at(change))
    before, since = "2026-02-01T23:59:59.999999Z", change
    world.when(
        usage(
            [
                use(id=when, model=MODEL, quantities={INPUT: 1000}, occurred=when)
                for when in (before, since)
            ]
        )
    )
    assert [line.amount for line in world.lines] == [credits_of("2.5"), credits_of("1")]
    assert [line.rate.version for line in world.lines if line.rate] == [1, 2]


def test_an_orgs_own_card_is_asked_before_the_default(world: World) -> None:
    world.given(CARD, publish([price("own", INPUT, "1")], key="own", org=ORG))
    world.when(
        usage([use(id=each, model=each, quantities={INPUT: 1000}) for each in ("own", MODEL)])
    )
    assert [(line.rate.card, line.amount) for line in world.lines if line.rate] == [
        (ORG, credits_of("1")),
        ("default", credits_of("2.5")),
    ]


@pytest.mark.parametrize(("since", "field"), [("2026-02-01T11:00:00Z", "effective_from")])
def test_a_later_version_may_not_begin_in_the_past(world: World, since: str, field: str) -> None:
    world.given(CARD)
    world.when(publish([price(MODEL, INPUT, "1")], key="x", since=since))
    world.then_refused(Invalid, field=field)


def test_a_use_without_a_time_occurred_now(world: World) -> None:
    world.when(usage([use("1", id="u")]))
    assert (world.lines[0].occurred_us, world.lines[0].late) == (world.clock(), False)


@pytest.mark.parametrize(
    ("occurred", "late"),
    [("2026-02-01T11:55:00Z", False), ("2026-02-01T11:54:59.999999Z", True)],
)
def test_a_use_over_five_minutes_old_is_marked_late(
    world: World, occurred: str, late: bool
) -> None:
    world.when(usage([use("1", id="u", occurred=occurred)]))
    assert (world.lines[0].occurred_us, world.lines[0].late) == (us(occurred), late)


def test_a_use_up_to_five_minutes_ahead_is_accepted(world: World) -> None:
    world.when(usage([use("1", id="u", occurred="2026-02-01T12:05:00Z")]))
    assert not world.refusals
    world.when(usage([use("1", id="v", occurred="2026-02-01T12:05:00.000001Z")]))
    world.then_refused(Invalid, field="occurred_at")


def test_in_a_shared_org_the_pool_pays_and_the_member_is_recorded(shared_world: World) -> None:
    shared_world.given(deposit("10", key="d", user="@pool"))
    shared_world.when(usage([use("2", id="1", user="bob"), use("3", id="2", user="eve")]))
    shared_world.then_recorded("UsageRecorded").then_balance("5", owner="@pool")
    assert [line.user for line in shared_world.lines] == ["bob", "eve"]
    assert [each.user for each in shared_world.transactions("@pool")] == ["@pool", "bob", "eve"]


def test_in_an_individual_org_each_member_pays(world: World) -> None:
    world.given(deposit("10", key="d", user="@pool"))
    world.when(usage([use("2", id="1", user="bob"), use("3", id="2", user="eve")]))
    world.then_balance("10", owner="@pool").then_balance("0", debt="2", owner="bob")
