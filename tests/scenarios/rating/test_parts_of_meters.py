"""Parts of meters: each is charged once, and all that was given counts towards the context."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from ledger.kernel.errors import Invalid, PriceNotFound
from ledger.rating.rate_card import Price
from ledger.rating.rate_card_prices import TWO_PARTS
from tests.scenarios.commands import credits_of, price, publish, usage, use
from tests.scenarios.wallet_commands import place
from tests.scenarios.world import World

MODEL = "claude"
INPUT, OUTPUT = "input_tokens", "output_tokens"
CACHED, WRITTEN, AN_HOUR = "cached_tokens", "cache_write_tokens", "cache_write_1h_tokens"
AUDIO, CACHED_AUDIO = "input_audio_tokens", "cache_audio_read_tokens"
BY_CONTEXT = {INPUT: ("3", "6"), WRITTEN: ("3.75", "7.5"), AN_HOUR: ("6", "12")}


def by_context() -> list[Price]:
    """A model that costs twice as much above 200,000 tokens of input."""
    prices = [price(MODEL, OUTPUT, "15"), _long(OUTPUT, "22.5")]
    for meter, (short, long) in BY_CONTEXT.items():
        prices += [price(MODEL, meter, short), _long(meter, long)]
    return prices


def _long(meter: str, dollars: str) -> Price:
    return msgspec.structs.replace(price(MODEL, meter, dollars), context_over=200_000)


@pytest.mark.parametrize(
    "quantities",
    [
        {INPUT: 250_000, WRITTEN: 100_000, AN_HOUR: 100_000, OUTPUT: 1_000},
        {INPUT: 250_000, AN_HOUR: 100_000, OUTPUT: 1_000},
    ],
)
def test_what_is_written_for_an_hour_is_charged_once_and_is_of_the_context(
    world: World, quantities: dict[str, int]
) -> None:
    """150,000 + 100,000 for an hour + 1,000 of output at 6, 12 and 22.5 a million."""
    world.given(publish(by_context(), key="card"))
    world.when(usage([use(id="u", model=MODEL, quantities=quantities)]))
    assert world.lines[0].amount == credits_of("2122.5")
    world.when(place(model=MODEL, quantities=quantities))
    assert world.refusals[0].facts["required"] == "2122.5", "an estimate costs the same"


def test_a_card_of_the_first_rule_charges_as_it_did(world: World) -> None:
    """2.8725 dollars: what was written for an hour was charged as that and as written."""
    card = publish(by_context(), key="card")
    world.given(dataclasses.replace(card, rule=TWO_PARTS))
    tokens = {INPUT: 250_000, WRITTEN: 100_000, AN_HOUR: 100_000, OUTPUT: 1_000}
    world.when(usage([use(id="u", model=MODEL, quantities=tokens)]))
    assert world.lines[0].amount == credits_of("2872.5")


PLAIN = {INPUT: "1", OUTPUT: "10", CACHED: "0.1", WRITTEN: "2", AUDIO: "5", CACHED_AUDIO: "0.5"}


@pytest.mark.parametrize(
    ("priced", "quantities", "microcredits"),
    [
        # 40 x 1 + 60 x 5
        ([INPUT, AUDIO], {INPUT: 100, AUDIO: 60}, 340_000),
        # a part without a price costs what its whole does
        ([INPUT], {INPUT: 100, AUDIO: 60, CACHED: 30, WRITTEN: 10}, 100_000),
        # 80 x 1 + 20 x 2: written for five minutes and for an hour have no price of their own
        (
            [INPUT, WRITTEN],
            {INPUT: 100, WRITTEN: 20, AN_HOUR: 5, "cache_write_5m_tokens": 15},
            120_000,
        ),
        # 20 audio read from a cache are among the 50 read and among the 60 audio:
        # (100 - 50 - 60 + 20) x 1 + 30 x 0.1 + 40 x 5 + 20 x 0.5
        (
            [INPUT, CACHED, AUDIO, CACHED_AUDIO],
            {INPUT: 100, CACHED: 50, AUDIO: 60, CACHED_AUDIO: 20},
            223_000,
        ),
        # 90 x 10 + 10 x 10: reasoning is output
        ([INPUT, OUTPUT], {OUTPUT: 100, "output_reasoning_tokens": 10}, 1_000_000),
        # other meters stand alone
        ([INPUT], {INPUT: 100, "images": 0}, 100_000),
    ],
)
def test_each_part_is_charged_once(
    world: World, priced: list[str], quantities: dict[str, int], microcredits: int
) -> None:
    world.given(publish([price(MODEL, meter, PLAIN[meter]) for meter in priced], key="card"))
    world.when(usage([use(id="u", model=MODEL, quantities=quantities)]))
    assert world.lines[0].amount == microcredits


@pytest.mark.parametrize(
    ("quantities", "field"),
    [
        ({INPUT: 10, AUDIO: 11}, AUDIO),
        ({AUDIO: 1}, AUDIO),
        ({INPUT: 10, WRITTEN: 4, AN_HOUR: 5}, AN_HOUR),
        ({INPUT: 10, CACHED: 6, WRITTEN: 5}, WRITTEN),
        ({INPUT: 10, "output_reasoning_tokens": 1}, "output_reasoning_tokens"),
        ({INPUT: 100, CACHED: 5, AUDIO: 5}, CACHED_AUDIO),
    ],
)
def test_parts_that_are_more_than_their_whole_or_leave_a_price_open_are_refused(
    world: World, quantities: dict[str, int], field: str
) -> None:
    world.given(publish([price(MODEL, meter, PLAIN[meter]) for meter in PLAIN], key="card"))
    world.when(usage([use(id="u", model=MODEL, quantities=quantities)]))
    world.then_refused(Invalid, field=field)


def test_a_part_of_which_no_whole_has_a_price_is_refused(world: World) -> None:
    world.given(publish([price(MODEL, OUTPUT, "1")], key="card"))
    world.when(usage([use(id="u", model=MODEL, quantities={INPUT: 5, AN_HOUR: 5})]))
    world.then_refused(PriceNotFound, field=AN_HOUR)


@pytest.mark.parametrize("audio", [0, 1, 100_000, 200_000])
def test_audio_counts_towards_the_context_as_all_that_was_given(world: World, audio: int) -> None:
    """200,000 tokens cost 3 a million each, whatever they are; one more, and all cost 6."""
    world.given(publish(by_context(), key="card"))
    at_most = use(id="a", model=MODEL, quantities={INPUT: 200_000, AUDIO: audio})
    more = use(id="b", model=MODEL, quantities={INPUT: 200_001, AUDIO: audio})
    world.when(usage([at_most, more]))
    assert [line.amount for line in world.lines] == [600_000_000, 1_200_006_000]
