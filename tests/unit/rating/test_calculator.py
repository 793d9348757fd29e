"""The imported card charges what the list's own calculator does, for every rule of the list.

Nothing is fetched: payloads are made of the list's data, one or more for each rule by which it
matches a name, with and without the provider, and with usages that fit what the model is priced by.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseRegex,
    ClauseStartsWith,
    MatchLogic,
    ModelInfo,
    TieredPrices,
    Usage,
)

from adapters.genai_matches import patterns_of
from ledger.kernel.errors import Refusal
from ledger.kernel.times import microseconds
from ledger.rating.imported_names import compact
from ledger.rating.line_price import rate_usage
from tests.unit.rating.listed_card import DAY, all_of_it, card

MOMENTS = [datetime(DAY.year, DAY.month, DAY.day, hour, 29, tzinfo=UTC) for hour in (2, 7, 12, 20)]
OURS = {"cache_read_tokens": "cached_tokens"}
METERS = {unit["price_key"]: meter for meter, unit in unit_data.items()}
DIMENSIONS = {meter: unit["dimensions"] for meter, unit in unit_data.items()}


class Payload(NamedTuple):
    """What a gateway would report."""

    provider: str | None
    model: str
    usage: dict[str, int]
    at: datetime


@pytest.fixture(scope="module")
def results() -> dict[str, list[tuple[Payload, object, object]]]:
    """Every payload that the list prices, by how our charge compares."""
    found: dict[str, list[tuple[Payload, object, object]]] = {"equal": [], "other": [], "none": []}
    for payload in payloads():
        theirs = calculated(payload)
        if theirs is None:
            continue
        ours = charged(payload)
        kind = "none" if ours is None else "equal" if ours == theirs else "other"
        found[kind].append((payload, ours, theirs))
    return found


def test_nothing_is_charged_another_price(results: dict[str, list[Any]]) -> None:
    """A price that the import has rounded, and says so, may differ by the last nano-dollar."""
    rounded = {(each.provider, each.model) for each in all_of_it().rounded}
    wrong = [
        (payload, ours, theirs)
        for payload, ours, theirs in results["other"]
        if abs(ours - theirs) > 1 or (payload.provider, payload.model.lower()) not in rounded
    ]
    assert wrong == []


def test_at_least_99_of_100_payloads_are_priced(results: dict[str, list[Any]]) -> None:
    refused = Counter((payload.provider, payload.model) for payload, _, _ in results["none"])
    total = sum(len(each) for each in results.values())
    assert total > 10_000
    assert len(results["equal"]) / total > 0.99, refused.most_common(20)


def calculated(payload: Payload) -> int | None:
    """Their amount in nano-dollars, rounded half-even; None where the list prices nothing."""
    try:
        found = get_snapshot().calc(
            Usage(**payload.usage), payload.model, payload.provider, None, payload.at
        )
    except LookupError:
        return None
    return round(found.total_price * 10**9)


def charged(payload: Payload) -> int | None:
    """Our amount in microcredits, which are nano-dollars."""
    quantities = {OURS.get(meter, meter): count for meter, count in payload.usage.items()}
    try:
        return rate_usage(
            payload.provider, payload.model, quantities, microseconds(payload.at), [card()]
        ).amount
    except Refusal:
        return None


def payloads() -> Iterator[Payload]:
    """Names that every rule of every model fits, with usages of the model that the list means."""
    chance = random.Random(10)
    snapshot = get_snapshot()
    for provider in snapshot.providers:
        called = [provider.id, *texts_of(provider.provider_match)]
        for model in provider.models:
            for text in texts_of(model.match):
                for of in (chance.choice(called), None):
                    yield from _payloads(snapshot, of, text, chance)
        for id in provider.fallback_model_providers or ():
            resold = next(each for each in snapshot.providers if each.id == id)
            for model in resold.models:
                for text in texts_of(model.match):
                    yield from _payloads(snapshot, provider.id, text, chance)


def _payloads(
    snapshot: DataSnapshot, provider: str | None, text: str, chance: random.Random
) -> Iterator[Payload]:
    at = chance.choice(MOMENTS)
    try:
        _, model = snapshot.find_provider_model(text, None, provider, None)
    except LookupError:
        return
    for usage in usages(model, at, chance):
        yield Payload(provider, chance.choice([text, text.upper()]), usage, at)


def texts_of(match: MatchLogic | None) -> list[str]:
    """Names that a rule fits: the least, and some with more around it."""
    found: list[str] = []
    for leaf in _leaves(match):
        match leaf:
            case ClauseEquals(equals=text):
                found += [text, compact(text)]
            case ClauseStartsWith(starts_with=text):
                found += [text, f"{text}-2026-01-31", f"{text}-20260131", f"{text}x"]
            case ClauseEndsWith(ends_with=text):
                found += [text, f"eu.{text}"]
            case ClauseContains(contains=text):
                found += [text, f"eu.{text}-v1:0", f"some/{text}@20260131"]
            case ClauseRegex() if not leaf.regex.startswith("^(?!"):
                shown = [each.name.replace("#", "2") for each in patterns_of(leaf)]
                found += [each.replace("*", tail) for each in shown for tail in ("", "-0")]
    return [text for text in dict.fromkeys(found) if match is not None and match.is_match(text)]


def _leaves(match: object) -> Iterator[Any]:
    rules: Iterable[object] | None = getattr(match, "or_", None) or getattr(match, "and_", None)
    if rules is None:
        yield match
        return
    for rule in rules:
        yield from _leaves(rule)


def usages(model: ModelInfo, at: datetime, chance: random.Random) -> Iterator[dict[str, int]]:
    """What a use of a model may count of all that has a price: little, much, and around the edges
    of its contexts."""
    prices = vars(model.get_prices(at))
    priced = {METERS[key] for key, value in prices.items() if value is not None} - {"requests"}
    tiered = [value for value in prices.values() if isinstance(value, TieredPrices)]
    edges = sorted({tier.start for value in tiered for tier in value.tiers})
    for size in (chance.randrange(1, 2_000), 90_000, *edges, *(edge + 1 for edge in edges)):
        yield _usage(priced or {"input_tokens", "output_tokens"}, size, chance)


def _usage(priced: set[str], size: int, chance: random.Random) -> dict[str, int]:
    """Quantities of which each counts its parts, too; the input is of that size."""
    beside = {meter: chance.randrange(size // (2 * len(priced)) + 1) for meter in sorted(priced)}
    told = {
        whole: sum(beside[part] for part in priced if _is_part_or_self(part, whole))
        for whole in sorted(priced)
    }
    if "input_tokens" in priced:
        told["input_tokens"] = size
    return told


def _is_part_or_self(part: str, whole: str) -> bool:
    return bool(DIMENSIONS[whole].items() <= DIMENSIONS[part].items())


def test_every_provider_and_model_of_the_list_is_among_the_payloads() -> None:
    listed = [(p, m) for p in get_snapshot().providers for m in p.models]
    unnamed = [(p.id, m.id) for p, m in listed if not texts_of(m.match)]
    assert unnamed == []
