"""Amounts are exact, and what is not exact is refused with a sentence that names the field."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.kernel.money import CREDIT, format_amount, format_usd, parse_amount, scale_of


@pytest.mark.parametrize(
    ("value", "asset", "units"),
    [
        (10, CREDIT, 10_000_000),
        ("10", CREDIT, 10_000_000),
        ("10.00", CREDIT, 10_000_000),
        ("0.5", CREDIT, 500_000),
        ("0.000001", CREDIT, 1),
        ("9223372036854.775807", CREDIT, AMOUNT_MAX),
        ("10.5", "usd", 1050),
        (10, "jpy", 10),
        ("1.234", "kwd", 1234),
    ],
)
def test_amounts_are_read_exactly(value: object, asset: str, units: int) -> None:
    assert parse_amount(value, asset, "amount") == units


@pytest.mark.parametrize(
    "value",
    [
        0,
        "0",
        "0.0",
        -1,
        "-1",
        "+1",
        " 1",
        "1 ",
        "01",
        ".5",
        "1.",
        "1e3",
        "1_000",
        "1,5",
        "\u0661",
        "0x1",
        "",
        "NaN",
        "Infinity",
        1.5,
        1000.0,
        True,
        None,
        [],
        "9" * 65,
        "0.0000001",
        "9223372036854.775808",
        2**63,
        "1\n",
        "1\x00",
    ],
)
def test_what_is_not_an_exact_positive_amount_is_refused(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_amount(value, CREDIT, "amount")
    assert refused.value.field == "amount"


@pytest.mark.parametrize(("value", "asset"), [("1.005", "usd"), ("1.0", "jpy"), ("1.0001", "kwd")])
def test_more_decimals_than_the_asset_has_are_refused(value: str, asset: str) -> None:
    with pytest.raises(Invalid):
        parse_amount(value, asset, "amount")


@pytest.mark.parametrize(
    ("units", "asset", "text"),
    [
        (1, CREDIT, "0.000001"),
        (1000000, CREDIT, "1"),
        (0, CREDIT, "0"),
        (-1500000, CREDIT, "-1.5"),
        (5, "usd", "0.05"),
        (100, "usd", "1.00"),
        (-1, "usd", "-0.01"),
        (7, "jpy", "7"),
    ],
)
def test_amounts_are_written_exactly(units: int, asset: str, text: str) -> None:
    assert format_amount(units, asset) == text


@pytest.mark.parametrize(
    ("microcredits", "dollars"),
    [(0, "0.00"), (1, "0.000000001"), (10**9, "1.00"), (-1_500_000_000, "-1.50")],
)
def test_microcredits_are_nano_dollars(microcredits: int, dollars: str) -> None:
    assert format_usd(microcredits) == dollars


@pytest.mark.parametrize("asset", ["CREDIT", "USD", "xyz", "", None, 1, ["usd"]])
def test_an_unknown_asset_is_refused(asset: object) -> None:
    with pytest.raises(Invalid):
        scale_of(asset)
