"""The verifier's own arithmetic prices every line as the ledger does."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.errors import Refusal
from ledger.rating.price import price_line
from ledger.rating.prices import Mode, Price, Tier, version_of
from schemas import verify

METERS = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "images")
UNIT_PRICES = st.one_of(
    st.integers(0, 10**14), st.sampled_from([5 * 10**8, 15 * 10**8, 25 * 10**8])
)


@st.composite
def prices(draw: st.DrawFn) -> Price:
    mode = draw(st.sampled_from(list(Mode)))
    bounds = sorted(draw(st.sets(st.integers(1, 5_000), max_size=3)))
    tiers = [Tier("1", draw(UNIT_PRICES), upto) for upto in (*bounds, None)]
    return Price(
        model=draw(st.sampled_from("ab")),
        meter=draw(st.sampled_from(METERS)),
        price="1",
        per=draw(st.sampled_from([1, 1_000, 1_000_000])),
        currency="usd",
        unit_price=draw(UNIT_PRICES),
        mode=mode,
        tiers=tiers if mode in (Mode.GRADUATED, Mode.VOLUME) else [],
        context_over=draw(st.none() | st.integers(1, 6_000)),
    )


CARDS = st.lists(
    prices(), min_size=3, max_size=12, unique_by=lambda p: (p.model, p.meter, p.context_over)
)
QUANTITIES = st.dictionaries(st.sampled_from(METERS), st.integers(0, 10_000))


@given(CARDS, QUANTITIES, st.integers(0, 10_000), st.integers(0, 5))
def test_a_line_costs_the_same(
    card: list[Price], quantities: dict[str, int], margin_bps: int, minimum: int
) -> None:
    version = version_of(1, None, card, margin_bps, minimum)
    body = {"prices": card, "margin_bps": margin_bps, "minimum": minimum}
    published = msgspec.json.decode(msgspec.json.encode(body))
    for model in version.prices:
        try:
            ours = price_line(model, quantities, version)
        except Refusal:
            ours = None
        try:
            theirs = verify.price_line(model, quantities, published)
        except verify.Wrong:
            theirs = None
        assert ours == theirs
