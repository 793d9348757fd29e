"""The whole list: what is in the card, under which names; what a card cannot say, with why."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices.data import providers

from adapters.genai_matches import patterns_of
from ledger.kernel.errors import PriceNotFound
from ledger.kernel.limits import NAMES_PER_CARD_MAX, PRICES_PER_CARD_MAX
from ledger.rating import consistency
from ledger.rating.imported import imported, rescaled
from ledger.rating.listed import Listed, ListedPrice, ListedProvider, Pattern
from ledger.rating.names import matches
from tests.unit.rating.listed_card import all_of_it, card, charge, price_list

USED = {"input_tokens": 1_000_000, "output_tokens": 0}
CHEAP = (ListedPrice("input_tokens", Decimal(1), 1_000_000),)
DEAR = (ListedPrice("input_tokens", Decimal(2), 1_000_000),)


def test_what_is_not_in_the_card_is_named_with_its_reason() -> None:
    missing = {(e.provider, e.model) for e in (*price_list().skipped, *all_of_it().skipped)}
    priced = {(price.provider, price.model) for price in all_of_it().prices}
    for each in price_list().listed:
        assert (each.provider, each.model) in priced | missing, each
    assert all(entry.reason for entry in (*price_list().skipped, *all_of_it().skipped))
    unnamed = [
        entry for entry in price_list().skipped if "name that a card cannot say" in entry.reason
    ]
    assert unnamed == []


def test_the_list_fits_a_version() -> None:
    found = all_of_it()
    assert 6_000 < len(found.prices) <= PRICES_PER_CARD_MAX
    assert 4_000 < len(found.names) + len(found.providers) <= NAMES_PER_CARD_MAX
    assert len(card().versions) == 1


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-20240806", "gpt-4o"),
        ("GPT-4o-2024-08-06", "gpt-4o"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("gemini-2.5-pro-preview-06-05", "gemini-2.5-pro"),
    ],
)
def test_a_dated_name_costs_what_its_model_does(name: str, id: str) -> None:
    assert charge(name, USED) == charge(id, USED)


def test_a_line_is_priced_by_its_provider_s_entry() -> None:
    """gpt-oss-120b costs at each provider what that provider asks."""
    used = {"input_tokens": 2_000_000, "output_tokens": 500_000}
    assert charge("gpt-oss-120b", used, "cerebras") == 1_075_000_000  # 2 x 0.35 + 0.5 x 0.75
    assert charge("openai/gpt-oss-120b", used, "GROQ") == 600_000_000  # 2 x 0.15 + 0.5 x 0.60
    assert charge("gpt-oss-120b", used) not in (1_075_000_000, 600_000_000)


def test_what_a_provider_does_not_sell_is_not_priced_by_another() -> None:
    """groq calls it openai/gpt-oss-120b; who says otherwise means something else."""
    for provider, model in (("groq", "gpt-oss-120b"), ("cerebras", "gpt-4o")):
        with pytest.raises(PriceNotFound) as refused:
            charge(model, USED, provider)
        assert provider in refused.value.detail


def test_a_provider_has_other_names() -> None:
    model = "claude-sonnet-4-5"
    assert charge(model, USED, "google-vertex") == charge(model, USED, "google")
    assert charge(model, USED, "my-gateway") == charge(model, USED)


def test_a_model_that_its_provider_gives_no_price_is_not_priced_by_another() -> None:
    """github-copilot includes gpt-4o in the subscription; cerebras no longer sells the other."""
    assert charge("gpt-4o", USED, "github-copilot") == 0
    assert charge("gpt-4o", USED) > 0
    with pytest.raises(PriceNotFound):
        charge("qwen-3-coder-480b", USED, "cerebras")


def test_prices_by_time_of_day_are_in_the_card() -> None:
    """deepseek-chat: 0.135 off the peak, 0.27 from 00:30 to 16:30 UTC."""
    moments = [(0, 29), (0, 30), (16, 29), (16, 30)]
    at = [datetime(2026, 11, 21, hour, minute, tzinfo=UTC) for hour, minute in moments]
    amounts = [charge("deepseek-chat", USED, "deepseek", moment) for moment in at]
    assert amounts == [135_000_000, 270_000_000, 270_000_000, 135_000_000]


def test_an_id_alone_means_its_maker_s_and_with_the_provider_before_it_that_one_s() -> None:
    prices = {p.provider: p for p in all_of_it().prices if p.model == "claude-sonnet-4-5"}
    assert {"anthropic", "google"} <= prices.keys()
    assert charge("claude-sonnet-4-5", USED) == charge("claude-sonnet-4-5", USED, "anthropic")
    listed = [Listed("a", "m", CHEAP), Listed("b", "m", DEAR, maker=True)]
    found = imported(listed, "usd")
    assert [(n.name, n.seller) for n in found.names] == [("m", "b"), ("a/m", "a")]
    assert found.contested == [("a", "m")]


def test_a_model_that_all_providers_price_alike_has_a_name_alone() -> None:
    found = imported([Listed("a", "m", CHEAP), Listed("b", "m", CHEAP)], "usd")
    assert [(n.name, n.model, n.seller) for n in found.names] == [("m", "m", "a")]
    assert found.contested == []


def test_without_a_maker_there_is_no_bare_name() -> None:
    found = imported([Listed("a", "m", CHEAP), Listed("b", "m", DEAR)], "usd")
    assert [name.name for name in found.names] == ["a/m", "b/m"]


def test_the_first_model_that_a_name_fits_is_meant() -> None:
    """As in the list; a pattern hides a later exact name, and a whole card stays consistent."""
    listed = [
        Listed("a", "x", CHEAP, patterns=(Pattern("x*", ("*-free",)),)),
        Listed("a", "y", DEAR, patterns=(Pattern("x-y"), Pattern("x-free"), Pattern("*y"))),
        Listed("a", "z", (), patterns=(Pattern("z"),)),
    ]
    found = imported(listed, "usd", [ListedProvider("a"), ListedProvider("b", resells=("a",))])
    consistency.check(found.prices, found.names, found.providers)
    means = {name.name: name.model for name in found.names if name.provider == "a"}
    assert means == {"x-y": "x", "x-free": "y", "z": None, "x*": "x", "*y": "y"}


def test_a_float_s_noise_and_an_hour_s_price_are_rounded_and_said() -> None:
    reasons = {(e.provider, e.model): e.reason for e in all_of_it().rounded}
    assert "0.18000000000000002" in reasons["huggingface_together", "Qwen/Qwen3-VL-8B-Instruct"]
    noise = ListedPrice("input_tokens", Decimal("0.18000000000000002"), 1_000_000)
    assert rescaled(noise, "usd") == ("0.18", 1_000_000, False)
    assert rescaled(noise, "credit") == ("180", 1_000_000, False)
    hour = ListedPrice("audio_seconds", Decimal("0.36"), 3600)
    assert rescaled(hour, "usd") == ("100", 1_000_000, True)
    odd = ListedPrice("audio_seconds", Decimal(3), 3600)
    assert rescaled(odd, "usd") == ("833.333333333333", 1_000_000, False)


def test_prices_in_credits_are_the_same_amounts() -> None:
    listed = [each for each in price_list().listed if each.provider == "anthropic"]
    dollars, credits = imported(listed, "usd"), imported(listed, "credit")
    assert [p.unit_price for p in dollars.prices] == [p.unit_price for p in credits.prices]
    assert {p.currency for p in credits.prices} == {"credit"}


def test_what_a_rule_of_the_list_matches_its_patterns_match() -> None:
    """On every whole name in the list, of whatever provider."""
    texts = {p.name for m in price_list().listed for p in m.patterns if "*" not in p.name}
    for provider in providers:
        if provider.model_match is None or provider.id == "mistral":
            continue
        patterns = patterns_of(provider.model_match)
        for text in texts:
            fits = any(p.fits(text) for p in patterns)
            assert fits == provider.model_match.is_match(text), (provider.id, text)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("a*", "a", True),
        ("a*", "abc", True),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("*a*", "bab", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("a*b*c", "abbc", True),
        ("a*bc*c", "abc", False),
        ("a##", "a12", True),
        ("a##", "a1", False),
        ("a##", "a1x", False),
        ("a##", "a1\u0662", False),
        ("*##b", "1a12b", True),
        ("*#b*", "xb1b", True),
        ("*#b*", "xbb", False),
    ],
)
def test_a_pattern(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits
