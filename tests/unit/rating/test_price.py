"""Published prices become whole attodollars for one unit, or are refused."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Invalid
from ledger.rating.unit_prices import unit_price


@pytest.mark.parametrize(
    ("price", "per", "currency", "attodollars"),
    [
        ("2.50", 1_000_000, "usd", 2_500_000_000_000),
        ("0.000000000001", 1_000_000, "usd", 1),
        (10, 1, "usd", 10**19),
        ("1", 1_000, "credit", 10**12),
        ("0.000000001", 1_000_000, "credit", 1),
        ("0", 1, "usd", 0),
    ],
)
def test_unit_prices_are_exact(price: object, per: int, currency: str, attodollars: int) -> None:
    assert unit_price(price, per, currency, "prices.0") == attodollars


@pytest.mark.parametrize(
    ("price", "per", "currency", "field"),
    [
        (2.5, 1_000_000, "usd", "prices.0.price"),
        ("-1", 1_000_000, "usd", "prices.0.price"),
        ("0.0000000000001", 1, "usd", "prices.0.price"),
        ("0.0000000001", 1, "credit", "prices.0.price"),
        ("1", 100, "usd", "prices.0.per"),
        ("1", True, "usd", "prices.0.per"),
        ("1", 1.0, "usd", "prices.0.per"),
        ("1", [], "usd", "prices.0.per"),
        ("1", 1, "eur", "prices.0.currency"),
        ("1", 1, ["usd"], "prices.0.currency"),
    ],
)
def test_what_is_no_price_is_refused(
    price: object, per: object, currency: object, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        unit_price(price, per, currency, "prices.0")
    assert refused.value.field == field
