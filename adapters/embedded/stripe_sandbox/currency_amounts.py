"""Currency amounts as people read them on pages."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.resources.payment_intents import THREE_DECIMALS

NO_DECIMALS = {
    *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv"),
    *("xaf", "xof", "xpf"),
}
"""Currencies whose amounts have no decimals (docs.stripe.com/currencies)."""


def readable(amount: int, currency: str) -> str:
    """Return an amount with its currency, such as `20.00 USD`."""
    scale = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    whole, part = divmod(amount, 10**scale)
    decimals = f".{part:0{scale}}" if scale else ""
    return f"{whole:,}{decimals} {currency.upper()}"
