"""The whole list: every model quotes, exactly; what a card cannot say is named with its reason."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from ledger.kernel.errors import PriceNotFound
from ledger.kernel.limits import PRICES_PER_CARD_MAX
from ledger.rating import meters
from ledger.rating.imported import Listed, ListedPrice, imported, rescaled

from .card import all_of_it, card, charge, price_list

LARGEST = ("openai", "anthropic", "google")
LINE = {"input_tokens": 123_457, "cached_tokens": 23_456, "output_tokens": 7_891}
PARTS = ("cached_tokens", "cache_write_tokens")


def named() -> list[tuple[str, Listed]]:
    """Every name in the card, with the entry of the list it stands for."""
    entries = {(each.provider, each.model): each for each in price_list().listed}
    return [(name, entries[key]) for key, names in all_of_it().names.items() for name in names]


def counted(listed: Listed) -> set[str]:
    return {price.meter for price in listed.prices}


@pytest.mark.parametrize("provider", LARGEST)
def test_every_text_model_of_the_largest_providers_quotes(provider: str) -> None:
    text = [
        (name, each)
        for name, each in named()
        if each.provider == provider and "input_tokens" in counted(each)
    ]
    assert len(text) > 20
    for name, each in text:
        line = {m: n for m, n in LINE.items() if m in counted(each) or m == "cached_tokens"}
        assert charge(name, line) >= 0, name


def test_the_largest_providers_miss_no_model_without_a_reason() -> None:
    missing = {(e.provider, e.model) for e in (*price_list().skipped, *all_of_it().skipped)}
    known = set(all_of_it().names)
    for each in price_list().listed:
        assert (each.provider, each.model) in known | missing, each
    assert all(entry.reason for entry in (*price_list().skipped, *all_of_it().skipped))


def test_our_amounts_are_those_of_fractions_on_their_data() -> None:
    """A sample of every provider and the thresholds' edges, rounded once, half-even."""
    chance = random.Random(11)
    for name, each in named():
        edges = {p.context_over for p in each.prices if p.context_over is not None}
        contexts = [chance.randrange(1, 100_000), *edges, *(edge + 1 for edge in edges)]
        for context in contexts:
            line = a_line(each, context, chance)
            assert charge(name, line) == by_fractions(each, line), (name, line)


def a_line(listed: Listed, context: int, chance: random.Random) -> dict[str, int]:
    """Quantities of the meters it has, with that many input tokens."""
    line = {
        meter: chance.randrange(1, 9_999) for meter in counted(listed) if meter not in meters.PARTS
    }
    if "input_tokens" in line:
        line["input_tokens"] = context
        line["cached_tokens"] = chance.randrange(context // 2 + 1)
        if "cache_write_tokens" in counted(listed):
            line["cache_write_tokens"] = chance.randrange(context // 2 + 1)
    return line


def by_fractions(listed: Listed, line: dict[str, int]) -> int:
    """The same from their entry: a threshold is over the input tokens and prices every unit."""
    context = line.get("input_tokens", 0)
    prices: dict[str, Fraction] = {}
    for price in sorted(listed.prices, key=lambda price: price.context_over or 0):
        if price.context_over is None or context > price.context_over:
            prices[price.meter] = Fraction(price.price) / price.per
    billed = dict(line)
    for part in PARTS:
        if part in billed:
            billed["input_tokens"] -= billed[part]
            if part not in prices:
                billed["input_tokens"] += billed.pop(part)
    total = sum((prices[meter] * units for meter, units in billed.items()), Fraction(0))
    return round(total * 10**9)


def test_the_list_fits_a_version() -> None:
    assert 5_000 < len(all_of_it().prices) <= PRICES_PER_CARD_MAX
    assert len(card().versions) == 1


def test_ids_that_providers_price_differently_mean_their_maker_s() -> None:
    names = all_of_it().names
    assert names["anthropic", "claude-sonnet-4-5"][0] == "claude-sonnet-4-5"
    assert names["google", "claude-sonnet-4-5"] == ["google/claude-sonnet-4-5"]
    of_nobody = [m for (_, m), found in names.items() if m not in found and "/" in m]
    for model in of_nobody[:5]:
        if model not in {price.model for price in all_of_it().prices}:
            with pytest.raises(PriceNotFound):
                charge(model, {"input_tokens": 1})


def test_a_model_that_two_providers_price_alike_has_one_name() -> None:
    prices = (ListedPrice("input_tokens", Decimal(1), 1_000_000),)
    found = imported([Listed("a", "m", prices), Listed("b", "m", prices)], "usd")
    assert [price.model for price in found.prices] == ["m"]
    assert found.names == {("a", "m"): ["m"], ("b", "m"): ["m"]}


def test_without_a_maker_there_is_no_bare_name() -> None:
    cheap = (ListedPrice("input_tokens", Decimal(1), 1_000_000),)
    dear = (ListedPrice("input_tokens", Decimal(2), 1_000_000),)
    found = imported([Listed("a", "m", cheap), Listed("b", "m", dear)], "usd")
    assert [price.model for price in found.prices] == ["a/m", "b/m"]


def test_a_float_s_noise_and_an_hour_s_price_that_is_none_of_a_second_are_named() -> None:
    reasons = {(e.provider, e.model): e.reason for e in all_of_it().skipped}
    assert "0.18000000000000002" in reasons["huggingface_together", "Qwen/Qwen3-VL-8B-Instruct"]
    assert "audio_seconds: 3 usd" in reasons["openai", "gpt-live-1"]
    assert rescaled(ListedPrice("audio_seconds", Decimal("0.36"), 3600), "usd") == (
        "100",
        1_000_000,
    )


def test_prices_in_credits_are_the_same_amounts() -> None:
    listed = [each for each in price_list().listed if each.provider == "anthropic"]
    dollars, credits = imported(listed, "usd"), imported(listed, "credit")
    assert [p.unit_price for p in dollars.prices] == [p.unit_price for p in credits.prices]
    assert {p.currency for p in credits.prices} == {"credit"}
