"""The item: what an invoice is to have a line for, before discounts and tax, and what made it.

Quantities are integers of a billionth (`QUANTITY_SCALE` decimals), unit prices of a millionth of a
millionth of the currency's major unit (`PRICE_DECIMALS_MAX` decimals), amounts of its smallest
unit, credits microcredits, times microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ledger.invoices.activity import CreditTime
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    AMOUNT_MAX,
    DISCOUNTS_PER_INVOICE_MAX,
    ITEM_QUANTITY_MAX,
    LINES_PER_INVOICE_MAX,
    PRICE_DECIMALS_MAX,
    UNIT_PRICE_MAX,
)
from ledger.kernel.money import CREDIT, scale_of
from ledger.kernel.shares import half_even
from ledger.kernel.times import check_time

QUANTITY_SCALE = 9
"""Decimals of a quantity: a microcredit is a billionth of the 1,000 credits that a price is for."""

ONE = 10**QUANTITY_SCALE
"""The quantity 1."""

WHOLE_BPS = 10_000
STANDARD = "standard"
"""The tax category of what no other is said of."""


class Source(StrEnum):
    """What made an item."""

    SUBSCRIPTION = "subscription"
    SEATS = "seats"
    PRORATION = "proration"
    PURCHASE = "purchase"
    OVERAGE = "overage"
    ORDER = "order"
    ADJUSTMENT = "adjustment"
    """A person, by hand."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to pay for: `quantity` times `unit_price`, rounded once, half-even; or an
    `amount` that was computed elsewhere, as a part of a period is. Below zero it is given back.

    `category`: of tax. `includes_tax`: whether the price has the tax within it; None: as the tax
    rate says. `from_us` until `until_us` is the time that it is for, half-open; `credits` those of
    an overage; `of` the id of what made it: a purchase, a subscription.
    """

    source: Source
    text: str
    quantity: int = ONE
    unit_price: int = 0
    amount: int | None = None
    category: str = STANDARD
    includes_tax: bool | None = None
    from_us: int | None = None
    until_us: int | None = None
    credits: int | None = None
    of: str | None = None

    def amount_in(self, currency: str) -> int:
        """Return what it is in a currency, in its smallest unit."""
        if self.amount is not None:
            return self.amount
        scaled = self.quantity * self.unit_price * 10 ** scale_of(currency)
        return half_even(scaled, 10 ** (QUANTITY_SCALE + PRICE_DECIMALS_MAX))


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken off items: basis points of them, or an amount, never more than they are.

    `name`: the coupon's, or a person's word. `items`: which, by their places; none: all. Items
    below zero take no part.
    """

    name: str
    bps: int | None = None
    amount: int | None = None
    items: list[int] = msgspec.field(default_factory=list)

    def taken_from(self, whole: int) -> int:
        """Return what it takes of so much."""
        if self.amount is not None:
            return min(self.amount, whole)
        return half_even(whole * (self.bps or 0), WHOLE_BPS)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """All that an invoice is to be made of. `user`: whose wallet it is for, or `@pool`.

    `net_days`: until it is due; None: as the org's settings say. `reference`: the payer's own, such
    as the number of an order. `tells`: of which time it tells, beside its lines, what happened to
    the payer's credits.
    """

    user: str
    currency: str
    items: list[Item]
    discounts: list[Discount] = msgspec.field(default_factory=list)
    net_days: int | None = None
    reference: str | None = None
    tells: CreditTime | None = None


def check_draft(draft: Draft, net_days_max: int) -> None:
    """Raise Invalid where a draft has what no invoice can have."""
    if draft.currency == CREDIT:
        raise Invalid("currency must be one of money, such as usd.", field="currency")
    scale_of(draft.currency, "currency")
    if not 1 <= len(draft.items) <= LINES_PER_INVOICE_MAX:
        raise Invalid(f"items must be 1 to {LINES_PER_INVOICE_MAX}.", field="items")
    if len(draft.discounts) > DISCOUNTS_PER_INVOICE_MAX:
        raise Invalid(f"discounts must be at most {DISCOUNTS_PER_INVOICE_MAX}.", field="discounts")
    if draft.net_days is not None and not 0 <= draft.net_days <= net_days_max:
        raise Invalid(f"net_days must be 0 to {net_days_max}.", field="net_days")
    if draft.reference is not None:
        check_text(draft.reference, "reference")
    for place, item in enumerate(draft.items):
        _check_item(item, f"items.{place}", draft.currency)
    for place, discount in enumerate(draft.discounts):
        _check_discount(discount, f"discounts.{place}", draft.items)


def _check_item(item: Item, at: str, currency: str) -> None:
    check_text(item.text, f"{at}.text")
    check_text(item.category, f"{at}.category")
    if abs(item.quantity) > ITEM_QUANTITY_MAX:
        raise Invalid(
            f"{at}.quantity must be at most {ITEM_QUANTITY_MAX // ONE}.", field=f"{at}.quantity"
        )
    if abs(item.unit_price) > UNIT_PRICE_MAX:
        limit = UNIT_PRICE_MAX // 10**PRICE_DECIMALS_MAX
        raise Invalid(
            f"{at}.unit_price must be at most {limit}: give an amount.", field=f"{at}.unit_price"
        )
    if not abs(item.amount_in(currency)) <= AMOUNT_MAX // LINES_PER_INVOICE_MAX:
        field = "unit_price" if item.amount is None else "amount"
        raise Invalid(f"{at} is more than an invoice can hold.", field=f"{at}.{field}")
    if item.from_us is not None and item.until_us is not None and item.until_us <= item.from_us:
        raise Invalid(f"{at}.ends_at must be later than starts_at.", field=f"{at}.ends_at")
    for name, us in (("starts_at", item.from_us), ("ends_at", item.until_us)):
        if us is not None:
            check_time(us, f"{at}.{name}")


def _check_discount(discount: Discount, at: str, items: Sequence[Item]) -> None:
    check_text(discount.name, f"{at}.name")
    if (discount.bps is None) == (discount.amount is None):
        raise Invalid(f"{at} must have bps, or an amount: one of them.", field=f"{at}.bps")
    if discount.bps is not None and not 0 < discount.bps <= WHOLE_BPS:
        raise Invalid(f"{at}.bps must be 1 to {WHOLE_BPS}.", field=f"{at}.bps")
    if discount.amount is not None and not 0 < discount.amount <= AMOUNT_MAX:
        raise Invalid(f"{at}.amount must be more than zero.", field=f"{at}.amount")
    places = discount.items
    if len(set(places)) != len(places) or not all(0 <= each < len(items) for each in places):
        raise Invalid(
            f"{at}.items must be places of items, from 0, each once.", field=f"{at}.items"
        )
