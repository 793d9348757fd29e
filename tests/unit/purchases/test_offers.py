"""Offers: what an amount buys, exactly, in currencies of every number of decimals."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import BONUS_BPS_MAX, BONUSES_MAX, CREDITS_PRICE_MAX
from ledger.purchases.notice import Money
from ledger.purchases.offers import DEFAULT_OFFERS, Bonus, credits_for, money_for, offers_in
from tests.scenarios.commands import credits_of


@pytest.mark.parametrize(
    ("cents", "credits"),
    [
        (100, "1000"),
        (499, "4990"),
        (500, "5000"),
        (1_999, "19990"),
        (2_000, "21000"),
        (2_001, "21010.5"),
        (4_999, "52489.5"),
        (5_000, "55000"),
        (10_000, "115000"),
        (50_000, "600000"),
        (100_000, "1250000"),
        (1_000_000, "12500000"),
    ],
)
def test_an_amount_buys_credits_with_the_bonus_of_its_size(cents: int, credits: str) -> None:
    assert credits_for(DEFAULT_OFFERS, Money(cents, "usd")).total == credits_of(credits)


@pytest.mark.parametrize(
    ("currency", "price", "amount", "microcredits"),
    [
        ("jpy", 150, 3_000, 20_000_000_000),
        ("jpy", 149, 1, 6_711_409),
        ("eur", 93, 100, 1_075_268_817),
        ("kwd", 307, 1_000, 3_257_328_990),
    ],
)
def test_a_part_of_a_microcredit_is_not_sold(
    currency: str, price: int, amount: int, microcredits: int
) -> None:
    assert credits_for(offers_in(currency, price, []), Money(amount, currency))[0] == microcredits


@pytest.mark.parametrize(
    ("currency", "smallest", "largest"),
    [("usd", 100, 1_000_000), ("jpy", 1, 10_000), ("kwd", 1_000, 10_000_000)],
)
def test_a_purchase_is_of_one_to_ten_thousand_whatever_the_decimals(
    currency: str, smallest: int, largest: int
) -> None:
    offers = offers_in(currency, 100, [])
    assert (offers.smallest, offers.largest) == (smallest, largest)
    for amount in (smallest, largest):
        assert credits_for(offers, Money(amount, currency)).total > 0
    for amount in (smallest - 1, largest + 1, 0, -1):
        with pytest.raises(Invalid) as refused:
            credits_for(offers, Money(amount, currency))
        assert refused.value.field == "amount.amount"
        assert ("several purchases" in refused.value.detail) == (amount > largest)


def test_another_currency_than_the_offers_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        credits_for(DEFAULT_OFFERS, Money(2_000, "eur"))
    assert refused.value.field == "amount.currency"


def test_credits_are_bought_for_the_least_that_buys_them() -> None:
    for credits, cents in (("21000", 2_000), ("20000", 2_000), ("1", 100), ("600000", 50_000)):
        assert money_for(DEFAULT_OFFERS, credits_of(credits)) == Money(cents, "usd")
    for cents in range(100, 12_000, 7):
        total = credits_for(DEFAULT_OFFERS, Money(cents, "usd")).total
        least = money_for(DEFAULT_OFFERS, total)
        assert least.amount <= cents
        assert credits_for(DEFAULT_OFFERS, least).total >= total
    for none in (0, -1, credits_of("12500000.000001")):
        with pytest.raises(Invalid) as refused:
            money_for(DEFAULT_OFFERS, none)
        assert refused.value.field == "credits"


@pytest.mark.parametrize(
    ("currency", "price", "bonuses", "sizes", "field"),
    [
        ("credit", 100, [], (), "currency"),
        ("USD", 100, [], (), "currency"),
        ("xyz", 100, [], (), "currency"),
        ("usd", 0, [], (), "price"),
        ("usd", CREDITS_PRICE_MAX + 1, [], (), "price"),
        ("usd", 100, [Bonus(0, 1)], (), "bonuses.0.threshold"),
        ("usd", 100, [Bonus(5, 1), Bonus(5, 2)], (), "bonuses.1.threshold"),
        ("usd", 100, [Bonus(5, -1)], (), "bonuses.0.bps"),
        ("usd", 100, [Bonus(5, BONUS_BPS_MAX + 1)], (), "bonuses.0.bps"),
        ("usd", 100, [Bonus(5, 2), Bonus(6, 1)], (), "bonuses.1.bps"),
        ("usd", 100, [Bonus(n + 1, n) for n in range(BONUSES_MAX + 1)], (), "bonuses"),
        ("usd", 100, [], (0, 5), "smallest"),
        ("usd", 100, [], (6, 5), "smallest"),
        ("usd", 1, [], (1, 2**62), "largest"),
    ],
)
def test_offers_that_make_no_sense_are_refused_by_the_field(
    currency: str, price: int, bonuses: list[Bonus], sizes: tuple[int, ...], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offers_in(currency, price, bonuses, *sizes)
    assert refused.value.field == field
