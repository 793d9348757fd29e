"""Conditions: for which customers, quantities and times something holds, and their checks."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_sku, check_text
from ledger.kernel.limits import SKUS_PER_CONDITION_MAX, UNITS_MAX
from ledger.kernel.money import CREDIT, scale_of
from ledger.kernel.times import check_time


def is_within(value: int, start: int | None, end: int | None) -> bool:
    """Tell whether a moment is not before a start, and before an end; None: there is none."""
    return (start is None or start <= value) and (end is None or value < end)


def is_among(units: int, first: int, last: int | None) -> bool:
    """Tell whether so many units are from a first number to a last one; None: there is none."""
    return first <= units and (last is None or units <= last)


def check_currency(currency: str) -> None:
    """Raise Invalid where a currency is not one of money."""
    if currency == CREDIT:
        raise Invalid("currency must be one of money, such as usd.", field="currency")
    scale_of(currency, "currency")


def check_units(first: int, last: int | None) -> None:
    """Raise Invalid where a range of units holds none."""
    if not 1 <= first <= UNITS_MAX:
        raise Invalid(f"from_units must be 1 to {UNITS_MAX}.", field="from_units")
    if last is not None and not first <= last <= UNITS_MAX:
        raise Invalid(
            f"until_units must be at most {UNITS_MAX}, not less than from_units: it is included.",
            field="until_units",
        )


def check_window(start: int | None, end: int | None) -> None:
    """Raise Invalid where a time ends before it begins."""
    for name, moment in (("starts_at", start), ("ends_at", end)):
        if moment is not None:
            check_time(moment, name)
    if start is not None and end is not None and end <= start:
        raise Invalid("ends_at must be later than starts_at.", field="ends_at")


def check_skus(skus: Sequence[str], field: str = "skus") -> None:
    """Raise Invalid where a list of SKUs is too long, or has one twice."""
    _check_list(skus, field)
    for place, sku in enumerate(skus):
        check_sku(sku, f"{field}.{place}")


def check_item_types(item_types: Sequence[str]) -> None:
    """Raise Invalid where a list of types of catalogue items is too long, or has one twice."""
    _check_list(item_types, "item_types")
    for place, item_type in enumerate(item_types):
        check_text(item_type, f"item_types.{place}")


def _check_list(names: Sequence[str], field: str) -> None:
    if len(names) > SKUS_PER_CONDITION_MAX or len(set(names)) != len(names):
        raise Invalid(f"{field} must be at most {SKUS_PER_CONDITION_MAX}, each once.", field=field)
