"""Offers: what credits cost in a currency, and how many more a larger amount buys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    AMOUNT_MAX,
    BONUS_BPS_MAX,
    BONUSES_MAX,
    CREDITS_PRICE_MAX,
)
from ledger.kernel.money import CREDIT, CREDIT_SCALE, format_amount, scale_of
from ledger.purchases.notice import Money

PRICED_CREDITS = 1_000 * 10**CREDIT_SCALE
"""The microcredits that a price is for."""

_ALL = 10_000
"""Basis points of a whole."""


class Bonus(msgspec.Struct, frozen=True):
    """What an amount of `threshold` or more earns on top, in basis points of what it buys."""

    threshold: int
    bps: int


class Offers(msgspec.Struct, frozen=True):
    """What credits cost in a currency. Amounts in its smallest unit.

    `price`: of 1,000 credits. `bonuses` in ascending order. `smallest` and `largest`: of one
    purchase.
    """

    currency: str
    price: int
    bonuses: list[Bonus]
    smallest: int
    largest: int


class PublishedOffers(msgspec.Struct, frozen=True):
    """Offers, and which version of the book they are."""

    version: int
    offers: Offers


class Bought(NamedTuple):
    """What an amount buys, in microcredits: at the price, and on top of it."""

    credits: int
    bonus: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.credits + self.bonus


def offers_in(
    currency: str,
    price: int,
    bonuses: Sequence[Bonus],
    smallest: int | None = None,
    largest: int | None = None,
) -> Offers:
    """Return offers that were checked; a purchase is of 1.00 to 10,000.00 where nothing else is
    said. Raises Invalid."""
    if currency == CREDIT:
        raise Invalid("currency must be one of money, such as usd.", field="currency")
    unit = 10 ** scale_of(currency, "currency")
    offers = Offers(
        currency,
        price,
        list(bonuses),
        unit if smallest is None else smallest,
        10_000 * unit if largest is None else largest,
    )
    _check(offers)
    return offers


def credits_for(offers: Offers, money: Money) -> Bought:
    """Return what an amount buys; a part of a microcredit is not sold. Raises Invalid."""
    if money.currency != offers.currency:
        raise Invalid(f"the offers are in {offers.currency}: pay in it.", field="amount.currency")
    if not offers.smallest <= money.amount <= offers.largest:
        smallest, largest = (
            format_amount(each, offers.currency) for each in (offers.smallest, offers.largest)
        )
        rest = ": buy more in several purchases" if money.amount > offers.largest else ""
        raise Invalid(
            f"amount must be {smallest} to {largest} {offers.currency}{rest}.",
            field="amount.amount",
        )
    return _bought(offers, money.amount)


def money_for(offers: Offers, credits: int) -> Money:
    """Return the least that buys so many microcredits, with what it earns on top. Raises
    Invalid."""
    if not 0 < credits <= _bought(offers, offers.largest).total:
        limit = format_amount(_bought(offers, offers.largest).total, CREDIT)
        raise Invalid(f"credits must be more than zero, at most {limit}.", field="credits")
    low, high = offers.smallest, offers.largest
    while low < high:
        middle = (low + high) // 2
        if _bought(offers, middle).total < credits:
            low = middle + 1
        else:
            high = middle
    return Money(low, offers.currency)


def _bought(offers: Offers, amount: int) -> Bought:
    credits = amount * PRICED_CREDITS // offers.price
    bps = max((each.bps for each in offers.bonuses if each.threshold <= amount), default=0)
    return Bought(credits, credits * bps // _ALL)


def _check(offers: Offers) -> None:
    if not 0 < offers.price <= CREDITS_PRICE_MAX:
        limit = format_amount(CREDITS_PRICE_MAX, offers.currency)
        raise Invalid(f"price must be more than zero, at most {limit}.", field="price")
    if not 0 < offers.smallest <= offers.largest:
        raise Invalid("smallest must be more than zero, at most largest.", field="smallest")
    if offers.largest * PRICED_CREDITS // offers.price > AMOUNT_MAX // 4:
        raise Invalid("largest buys more credits than a wallet can hold.", field="largest")
    if len(offers.bonuses) > BONUSES_MAX:
        raise Invalid(f"bonuses must be at most {BONUSES_MAX}.", field="bonuses")
    before = Bonus(0, 0)
    for place, bonus in enumerate(offers.bonuses):
        if bonus.threshold <= before.threshold:
            raise Invalid(
                "each threshold must be above the one before, the first above zero.",
                field=f"bonuses.{place}.threshold",
            )
        if not before.bps <= bonus.bps <= BONUS_BPS_MAX:
            raise Invalid(
                f"a bonus must be 0 to {BONUS_BPS_MAX} basis points, and not less than that of a "
                "smaller amount.",
                field=f"bonuses.{place}.bps",
            )
        before = bonus


DEFAULT_OFFERS = offers_in(
    "usd",
    100,
    [
        Bonus(500, 0),
        Bonus(2_000, 500),
        Bonus(5_000, 1_000),
        Bonus(10_000, 1_500),
        Bonus(50_000, 2_000),
        Bonus(100_000, 2_500),
    ],
)
"""What credits cost where neither the org nor the platform has said so."""
