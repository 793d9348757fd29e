"""Currency amounts: which there are in a currency, and how people read them on pages."""

from __future__ import annotations

NO_DECIMALS = {
    *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv"),
    *("xaf", "xof", "xpf"),
}
"""Currencies whose amounts have no decimals (docs.stripe.com/currencies)."""


THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
"""Currencies of three decimals, of which the last must be 0 (docs.stripe.com/currencies)."""

WHOLE_IN_HUNDREDTHS = {"isk", "ugx"}
"""Currencies without decimals that are written with two."""


def step_of(currency: str) -> int:
    """Return what every amount of a currency is a multiple of."""
    return 10 if currency in THREE_DECIMALS else 100 if currency in WHOLE_IN_HUNDREDTHS else 1


def readable(amount: int, currency: str) -> str:
    """Return an amount with its currency, such as `20.00 USD`."""
    scale = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    whole, part = divmod(amount, 10**scale)
    decimals = f".{part:0{scale}}" if scale else ""
    return f"{whole:,}{decimals} {currency.upper()}"
