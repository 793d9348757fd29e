"""Amounts as Stripe counts them: in most currencies as ISO 4217 does, in some not
(docs.stripe.com/currencies)."""

from __future__ import annotations

from ledger.kernel.money import scale_of
from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import Money

_SCALES = {"isk": 2, "ugx": 2, "mga": 0}
"""Decimals that Stripe writes where ISO 4217 has others."""

_LAST_IS_ZERO = 3
"""Of currencies with so many decimals, the last must be 0."""


def to_stripe(money: Money) -> int:
    """Return an amount in Stripe's unit. Raises NeverTaken where it cannot be paid exactly."""
    ours, theirs = scale_of(money.currency), _scale(money.currency)
    amount, rest = divmod(money.amount * _unit(theirs), _unit(ours))
    if rest or (theirs == _LAST_IS_ZERO and amount % 10):
        raise NeverTaken(
            f"an amount of {money.currency} that ends in other digits than zeros cannot be moved "
            "by Stripe: round it."
        )
    return amount


def from_stripe(amount: int, currency: str) -> Money:
    """Return an amount of Stripe's in the smallest unit of its currency."""
    ours, theirs = scale_of(currency), _scale(currency)
    exact, rest = divmod(amount * _unit(ours), _unit(theirs))
    assert rest == 0, f"{amount} of {currency} has decimals that its currency has not"
    return Money(exact, currency)


def _scale(currency: str) -> int:
    return _SCALES.get(currency, scale_of(currency))


def _unit(scale: int) -> int:
    return int(10**scale)
