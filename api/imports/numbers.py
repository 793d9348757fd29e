"""Numbers: prices, weights and counts as shops write them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from api.imports.read_item import NotTaken
from ledger.kernel.limits import STOCK_COST_MAX, UNITS_MAX, WEIGHT_MAX

GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "oz": Decimal("28.349523125"),
    "lbs": Decimal("453.59237"),
}
"""Grams of each unit of weight, exact by their definitions."""

_NUMBER = re.compile(r"[0-9]{0,15}(\.[0-9]{0,15})?")
_GROUPS = re.compile(r"[0-9]{1,3}([.,][0-9]{3})+")


def price_text(written: str, line: int) -> str:
    """Return a price as amounts are written here: 1.234,50 and 1,234.50 are 1234.50."""
    text = re.sub(r"[\s'\u2019]", "", written)
    last = max(text.rfind(","), text.rfind("."))
    if "," in text and last == text.rfind(","):
        text = _comma_is_decimal(text, line, written)
    else:
        whole, point, decimals = text.rpartition(".") if "." in text else (text, "", "")
        text = _ungrouped(whole, ",", line, written) + point + decimals
    if not text.strip(".") or not _NUMBER.fullmatch(text):
        raise _no_price(line, written)
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole


def paid_for(written: str, units: int, line: int, scale: int) -> int:
    """Return what units have cost together of which one has cost so much, in smallest units of a
    currency with so many decimals; a unit may have cost less than one of those."""
    paid = Decimal(price_text(written, line)).scaleb(scale) * units
    whole = int(paid.to_integral_value(ROUND_HALF_EVEN))
    if whole > STOCK_COST_MAX:
        raise NotTaken(line, f"{written[:40]} is more than units may cost.")
    return whole


def _comma_is_decimal(text: str, line: int, written: str) -> str:
    whole, _, decimals = text.rpartition(",")
    if len(decimals) == 3 and "." not in whole:
        raise NotTaken(
            line,
            f"the price {written[:40]} may be a thousand or a thousandth of it: write it with a "
            "point before its decimals and nothing between its thousands.",
        )
    return f"{_ungrouped(whole, '.', line, written)}.{decimals}"


def _ungrouped(whole: str, separator: str, line: int, written: str) -> str:
    """Return digits without what stands between thousands."""
    if separator in whole and not _GROUPS.fullmatch(whole):
        raise _no_price(line, written)
    return whole.replace(separator, "")


def _no_price(line: int, written: str) -> NotTaken:
    return NotTaken(line, f"{written[:40]} is no price: write a number of zero or more, as 12.50.")


def grams_of(written: str, unit: str, line: int) -> int | None:
    """Return a weight in whole grams; none where there is none."""
    text = written.replace(",", ".")
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not text.strip("."):
        raise NotTaken(line, f"{written[:40]} is no weight: write a number of zero or more.")
    grams = Decimal(f"0{text}") * GRAMS[unit]
    whole = int(grams.to_integral_value(ROUND_HALF_EVEN))
    if whole > WEIGHT_MAX:
        raise NotTaken(line, f"a weight is at most {WEIGHT_MAX:,} grams.")
    return max(whole, 1) if grams else None


def units_of(written: str, line: int) -> int:
    """Return how many there are; below zero for what is owed."""
    found = re.fullmatch(r"(-?[0-9]{1,12})(?:[.,]0*)?", written)
    if found is None:
        raise NotTaken(line, f"{written[:40]} is no number of units: write a whole number.")
    units = int(found[1])
    if abs(units) > UNITS_MAX:
        raise NotTaken(line, f"a stock is at most {UNITS_MAX:,} units.")
    return units
