"""The verifier's own arithmetic prices every line as the ledger does."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.kernel.errors import PriceNotFound, Refusal
from ledger.rating.hours import Hours
from ledger.rating.line_price import price_line
from ledger.rating.meters import TRAITS
from ledger.rating.names import Name, ProviderName, Sold, is_pattern
from ledger.rating.rate_card_prices import (
    ALL_PARTS,
    TWO_PARTS,
    Mode,
    Price,
    PublishedVersion,
    Tier,
    TierScope,
    version_of,
)
from schemas import verify

METERS = (
    *("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "images"),
    *("cache_write_1h_tokens", "input_audio_tokens", "cache_audio_read_tokens", "requests"),
    *("audio_seconds", "input_audio_seconds"),
)
UNIT_PRICES = st.one_of(
    st.integers(0, 10**14), st.sampled_from([5 * 10**8, 15 * 10**8, 25 * 10**8])
)
PROVIDERS = st.sampled_from([None, "p", "Q"])
PATTERNS = st.text("aA*#1", min_size=1, max_size=4)
TEXTS = st.text("aA1b", min_size=1, max_size=4)
HOURS = st.builds(
    Hours,
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.lists(st.integers(1, 7), unique=True, max_size=3),
).filter(lambda hours: hours.from_minute != hours.until_minute)


@st.composite
def prices(draw: st.DrawFn) -> Price:
    mode = draw(st.sampled_from(list(Mode)))
    bounds = sorted(draw(st.sets(st.integers(1, 5_000), max_size=3)))
    tiers = [Tier("1", draw(UNIT_PRICES), until) for until in (*bounds, None)]
    return Price(
        model=draw(st.sampled_from("aA")),
        meter=draw(st.sampled_from(METERS)),
        price="1",
        per=draw(st.sampled_from([1, 1_000, 1_000_000])),
        currency="usd",
        unit_price=draw(UNIT_PRICES),
        mode=mode,
        tiers=tiers if mode in (Mode.GRADUATED, Mode.VOLUME) else [],
        context_over=draw(st.none() | st.integers(1, 6_000)),
        provider=draw(PROVIDERS),
        hours=draw(st.none() | HOURS),
        assumed=draw(st.sampled_from([0, 0, 0, 2])),
        tier_scope=draw(st.sampled_from(list(TierScope)))
        if mode is not Mode.FLAT
        else TierScope.LINE,
    )


CARDS = st.lists(
    prices(),
    min_size=3,
    max_size=12,
    unique_by=lambda p: (p.model, p.meter, p.context_over, p.provider, p.hours is None),
)
NAMES = st.builds(
    Name,
    PATTERNS,
    st.sampled_from(["a", "A", None]),
    PROVIDERS,
    PROVIDERS,
    st.lists(PATTERNS, max_size=2),
).filter(lambda name: is_pattern(name.name) or not name.excluding)
PUBLISHED = st.builds(
    PublishedVersion,
    st.just(1),
    CARDS,
    margin_bps=st.integers(0, 10_000),
    minimum=st.integers(0, 5),
    names=st.lists(NAMES, max_size=6, unique_by=lambda n: (n.provider, n.name.lower())),
    providers=st.lists(st.builds(ProviderName, PATTERNS, st.sampled_from(["P", "q"])), max_size=2),
    rule=st.sampled_from([TWO_PARTS, ALL_PARTS]),
)
USED = st.fixed_dictionaries({meter: st.integers(0, 10_000) for meter in METERS})
QUANTITIES = st.dictionaries(st.sampled_from(METERS), st.integers(0, 10_000), max_size=6)
MOMENTS = st.integers(0, 4 * 7 * 24 * 3_600_000_000)


@settings(max_examples=600)
@given(
    PUBLISHED, st.sampled_from([None, "p", "P", "q", "a1", "x"]), TEXTS, QUANTITIES, MOMENTS, USED
)
def test_a_line_costs_the_same(
    published: PublishedVersion,
    provider: str | None,
    model: str,
    quantities: dict[str, int],
    occurred_us: int,
    used: dict[str, int],
) -> None:
    body = msgspec.json.decode(msgspec.json.encode(published))
    try:
        sold = _sold(published, provider, model)
        version = version_of(published)
        amount, units, counted = price_line(
            version, sold, quantities, occurred_us, lambda price: used[price.meter]
        )
        ours = amount, units, {each.price.meter: each.quantity for each in counted}
    except Refusal:
        ours = None
    try:
        offered = verify.offered_to(provider, model, body)
        amount, units, priced = verify.price_line(offered, quantities, occurred_us, body, used)
        theirs = amount, units, {price["meter"]: quantity for price, quantity in priced}
    except verify.Wrong:
        theirs = None
    assert ours == theirs


def _sold(published: PublishedVersion, provider: str | None, model: str) -> Sold:
    version = version_of(published)
    sold = version.names.find(provider, model)
    if sold is None or sold not in version.prices:  # a card that was published has only such
        raise PriceNotFound("no price", field="model")
    return sold


def test_the_parts_of_meters_are_the_same() -> None:
    for one in (*TRAITS, "images", "seconds"):
        for other in (*TRAITS, "pages", "requests"):
            ours = TRAITS.get(other, frozenset(other)) < TRAITS.get(one, frozenset(one))
            assert ours == (verify.traits(other) < verify.traits(one)), (one, other)
