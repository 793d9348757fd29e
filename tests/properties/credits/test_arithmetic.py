"""Laws of amounts, times, prices and the burn order, for any input."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.credits.funds import Funds
from ledger.credits.lots import Kind, Lot, burn_order
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.money import CREDIT, format_amount, format_usd, parse_amount, scale_of
from ledger.kernel.times import format_time, moment, parse_time
from ledger.rating.line_price import rate_usage
from ledger.rating.rate_card import PRICED_PER, Price, RateCard
from ledger.rating.unit_prices import unit_price
from tests.scenarios.clock import NOON

START = moment(parse_time(NOON, "at"))
ASSETS = st.sampled_from([CREDIT, "usd", "jpy", "kwd", "clf"])
UNITS = st.integers(1, AMOUNT_MAX)
TOKENS = st.integers(0, 10**12)
DECIMALS = st.integers(0, 12).flatmap(
    lambda n: st.integers(0, 10**14).map(
        lambda i: f"{i // 10**n}.{i % 10**n:0{n}d}" if n else f"{i}"
    )
)


@given(UNITS, ASSETS)
def test_an_amount_is_read_as_it_was_written(units: int, asset: str) -> None:
    assert parse_amount(format_amount(units, asset), asset, "amount") == units


@given(DECIMALS, ASSETS)
def test_an_amount_is_exact_or_refused(text: str, asset: str) -> None:
    exact = Fraction(text) * 10 ** scale_of(asset)
    try:
        assert parse_amount(text, asset, "amount") == exact
    except Invalid:
        decimals = len(text.partition(".")[2])
        assert exact == 0 or exact > AMOUNT_MAX or decimals > scale_of(asset)


@given(st.text(max_size=20) | st.floats() | st.booleans() | st.none() | st.binary(max_size=5))
def test_what_is_no_amount_is_refused(value: object) -> None:
    try:
        units = parse_amount(value, CREDIT, "amount")
    except Invalid:
        return
    assert isinstance(value, str)
    assert value.isascii()
    assert Fraction(value) * 10**6 == units


@given(st.integers(-AMOUNT_MAX, AMOUNT_MAX))
def test_dollars_are_exact(microcredits: int) -> None:
    assert Fraction(format_usd(microcredits)) == Fraction(microcredits, 10**9)


@given(st.integers(0, 253402300799999999))
def test_a_time_is_read_as_it_was_written(us: int) -> None:
    assert parse_time(format_time(us), "at") == us


@given(st.integers(0, 253402300799999999), st.integers(0, 253402300799999999))
def test_times_sort_as_their_texts(one: int, other: int) -> None:
    assert (one < other) == (format_time(one) < format_time(other))


def card_of(prices: dict[str, tuple[str, int]]) -> RateCard:
    card = RateCard.open("platform", "default", START)
    listed = [
        Price("m", meter, text, per, "usd", unit_price(text, per, "usd", "prices"))
        for meter, (text, per) in prices.items()
    ]
    card.publish(listed, None, START, fingerprint="f")
    return card


PRICES = st.tuples(
    st.integers(0, 10**15).map(lambda n: f"{n // 10**12}.{n % 10**12:012d}"),
    st.sampled_from(PRICED_PER),
)


@given(PRICES, PRICES, TOKENS, TOKENS)
def test_a_line_is_rounded_once_half_even(
    input_price: tuple[str, int], output_price: tuple[str, int], tokens_in: int, tokens_out: int
) -> None:
    card = card_of({"input_tokens": input_price, "output_tokens": output_price})
    exact = sum(
        Fraction(text) / per * tokens * 10**9
        for (text, per), tokens in ((input_price, tokens_in), (output_price, tokens_out))
    )
    quantities = {"input_tokens": tokens_in, "output_tokens": tokens_out}
    if round(exact) > AMOUNT_MAX:
        with pytest.raises(Invalid):
            rate_usage(None, "m", quantities, 0, [card])
        return
    amount, rate, _ = rate_usage(None, "m", quantities, 0, [card])
    assert amount == round(exact)  # Fraction rounds half to even
    billed = sum(Fraction(n, 10**9) * quantities[meter] for meter, n in rate.unit_prices.items())
    assert billed == exact


@given(PRICES, PRICES, PRICES, TOKENS, TOKENS, TOKENS, st.sets(st.sampled_from(["c", "w"])))
def test_parts_of_the_input_are_billed_once(
    whole: tuple[str, int],
    cached: tuple[str, int],
    written: tuple[str, int],
    plain: int,
    cached_tokens: int,
    written_tokens: int,
    priced: set[str],
) -> None:
    prices = {"input_tokens": whole}
    prices |= {"cached_tokens": cached} if "c" in priced else {}
    prices |= {"cache_write_tokens": written} if "w" in priced else {}
    each_price = [
        whole,
        prices.get("cached_tokens", whole),
        prices.get("cache_write_tokens", whole),
    ]
    parts = [plain, cached_tokens, written_tokens]
    exact = sum(
        Fraction(text) / per * tokens * 10**9
        for (text, per), tokens in zip(each_price, parts, strict=True)
    )
    quantities = {
        "input_tokens": sum(parts),
        "cached_tokens": cached_tokens,
        "cache_write_tokens": written_tokens,
    }
    if round(exact) <= AMOUNT_MAX:
        assert rate_usage(None, "m", quantities, 0, [card_of(prices)])[0] == round(exact)


LOTS = st.builds(
    Lot,
    id=st.tuples(st.integers(1, 12), st.integers(0, 2)).map(lambda n: f"{n[0]}-{n[1]}"),
    kind=st.sampled_from(list(Kind)),
    amount=st.integers(1, 100),
    effective_us=st.integers(0, 3),
    expires_us=st.none() | st.integers(4, 6),
    priority=st.sampled_from([0, 50, 100]),
)
WALLETS = st.lists(LOTS, max_size=8, unique_by=lambda lot: lot.id)


@given(WALLETS, st.randoms(use_true_random=False))
def test_the_burn_order_is_total_and_independent_of_arrival(
    lots: list[Lot], random: Random
) -> None:
    assert len({burn_order(lot) for lot in lots}) == len(lots)
    one, other = Funds(), Funds()
    shuffled = list(lots)
    random.shuffle(shuffled)
    for lot, another in zip(lots, shuffled, strict=True):
        one.add(lot)
        other.add(another)
    assert one == other
    assert [lot.terms for lot in one.lots] == sorted(lots, key=burn_order)


@given(WALLETS, st.integers(1, 500), st.integers(0, 7))
def test_burning_takes_all_there_is_and_no_more(lots: list[Lot], amount: int, now: int) -> None:
    funds = Funds()
    for lot in lots:
        funds.add(lot)
    available = funds.available(now)
    slices, shortfall = funds.spend(amount, now)
    assert sum(part.amount for part in slices) == min(amount, available)
    assert shortfall == max(0, amount - available)
    assert funds.available(now) == available - min(amount, available)
    assert all(part.amount > 0 for part in slices)
