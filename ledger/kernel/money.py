"""Money: assets and exact amounts, integers of the smallest unit, never a float.

1 credit = 0.001 USD = 1,000,000 microcredits, so 1 microcredit = 1 nano-dollar.
"""

import re

from iso4217 import Currency

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX

CREDIT = "credit"
CREDIT_SCALE = 6
_MICROCREDITS = 10**CREDIT_SCALE
MICROCREDITS_PER_USD = 10**9

_AMOUNT = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_SCALES: dict[str, int] = {CREDIT: CREDIT_SCALE} | {
    currency.code.lower(): currency.exponent
    for currency in Currency
    if currency.exponent is not None
}


def scale_of(asset: object, field: str = "asset") -> int:
    """Return the decimals of an asset: 6 for `credit`, those of an ISO 4217 currency (`usd` 2)."""
    scale = _SCALES.get(asset) if isinstance(asset, str) else None
    if scale is None:
        raise Invalid(
            f"{field} must be credit or an ISO 4217 currency in lower case, such as usd.",
            field=field,
        )
    return scale


def parse_amount(value: object, asset: str, field: str) -> int:
    """Return a positive amount in the asset's major unit, as its smallest units.

    Takes an integer (`10`) or an ASCII string (`"10.50"`). A JSON number with a point or an
    exponent is refused: it has been through a binary float and may not be what was meant.
    """
    amount = parse_decimal(value, _SCALES[asset], field, of=asset)
    if amount == 0:
        raise Invalid(f"{field} must be more than zero.", field=field)
    if amount > AMOUNT_MAX:
        raise Invalid(
            f"{field} is more than the ledger can hold: at most "
            f"{format_amount(AMOUNT_MAX, asset)} {asset}.",
            field=field,
        )
    return amount


def parse_amount_or_zero(value: object, asset: str, field: str) -> int:
    """Return the same of what may also be zero, such as a price."""
    amount = parse_decimal(value, scale_of(asset, field), field, of=asset)
    if amount > AMOUNT_MAX:
        limit = format_amount(AMOUNT_MAX, asset)
        raise Invalid(f"{field} is more than the ledger can hold: at most {limit}.", field=field)
    return amount


def parse_signed(value: object, asset: str, field: str) -> int:
    """Return the same with a minus before it if it is to be taken: smallest units below or above
    zero."""
    sign, absolute = _signed(value)
    return sign * parse_amount(absolute, asset, field)


def parse_signed_decimal(value: object, scale: int, field: str, *, of: str) -> int:
    """Return a decimal, with a minus before it if it is below zero, as `parse_decimal` does."""
    sign, absolute = _signed(value)
    return sign * parse_decimal(absolute, scale, field, of=of)


def _signed(value: object) -> tuple[int, object]:
    """Return the sign of what was sent, and the rest of it."""
    if isinstance(value, str) and value.startswith("-"):
        return -1, value[1:]
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return -1, -value
    return 1, value


def parse_decimal(value: object, scale: int, field: str, *, of: str) -> int:
    """Return a decimal of zero or more as an integer scaled by 10**scale, without rounding."""
    if isinstance(value, float):
        raise Invalid(
            f'{field} must be an integer or a string such as "10.50": a JSON number with a point '
            "or an exponent may already have been rounded on its way.",
            field=field,
        )
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    match = _AMOUNT.fullmatch(text) if isinstance(text, str) and len(text) <= 64 else None
    if match is None:
        raise Invalid(
            f'{field} must be a positive integer or a decimal string such as "10.50", '
            "without sign, spaces or leading zeros.",
            field=field,
        )
    whole, fraction = match[1], match[2] or ""
    if len(fraction) > scale:
        raise Invalid(f"{field} has more than the {scale} decimals of {of}.", field=field)
    return int(whole + fraction.ljust(scale, "0"))


def format_amount(amount: int, asset: str) -> str:
    """Return smallest units as an exact decimal string: credits without trailing zeros, money
    with."""
    if asset == CREDIT:
        return format_credits(amount)
    sign = "-" if amount < 0 else ""
    scale = _SCALES[asset]
    whole, fraction = divmod(abs(amount), 10**scale)
    return f"{sign}{whole}.{fraction:0{scale}}" if scale else f"{sign}{whole}"


def format_decimal(value: int, scale: int) -> str:
    """Return an integer scaled by 10**scale as a decimal, exact, without trailing zeros."""
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), 10**scale)
    text = f"{fraction:0{scale}}".rstrip("0")
    return f"{sign}{whole}.{text}" if text else f"{sign}{whole}"


def format_credits(microcredits: int) -> str:
    """Return credits, exact, without trailing zeros. (No division: every answer has several.)"""
    if not microcredits:
        return "0"
    if microcredits < 0:
        return f"-{format_credits(-microcredits)}"
    digits = str(microcredits)
    if microcredits < _MICROCREDITS:
        digits = digits.rjust(CREDIT_SCALE + 1, "0")
    whole, fraction = digits[:-CREDIT_SCALE], digits[-CREDIT_SCALE:].rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def format_usd(microcredits: int) -> str:
    """Return microcredits as exact dollars: at least two decimals, at most nine."""
    sign = "-" if microcredits < 0 else ""
    whole, nano = divmod(abs(microcredits), MICROCREDITS_PER_USD)
    return f"{sign}{whole}.{str(nano).rjust(9, '0').rstrip('0').ljust(2, '0')}"
