"""The bill: the lines that a draft comes to, with discounts spread and taxes added, exactly.

Each amount is rounded once, half-even, and everything that is divided is spread by largest
remainder, so that of each line and of all together `amount - discount + tax = total`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeAlias

import msgspec

from ledger.invoices.item import Discount, Draft, Item
from ledger.invoices.tax_rates import WHOLE, AppliedTax
from ledger.kernel.errors import Invalid
from ledger.kernel.shares import apportion, half_even, spread

TaxOf: TypeAlias = Callable[[Item], AppliedTax | None]
"""What taxes an item."""


class Rounding(StrEnum):
    """Where tax is rounded: on each line, or once for all lines of a rate on an invoice."""

    LINE = "line"
    INVOICE = "invoice"


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it stands for ever, in the currency's smallest unit, all without tax but `tax` and
    `total`: `amount - discount + tax = total`. What made it is its item."""

    item: Item
    amount: int
    total: int
    discount: int = 0
    tax: int = 0
    taxed_by: AppliedTax | None = None

    @property
    def net(self) -> int:
        """What there is to pay without tax."""
        return self.total - self.tax


class GivenDiscount(msgspec.Struct, frozen=True, kw_only=True):
    """A discount as it was given: an amount of what the prices say, with the tax that they
    include."""

    name: str
    amount: int
    bps: int | None = None


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """The lines, and what they add up to."""

    lines: list[InvoiceLine]
    discounts: list[GivenDiscount]
    subtotal: int
    discount: int
    tax: int
    total: int


def bill_of(draft: Draft, tax_of: TaxOf, rounding: Rounding) -> Bill:
    """Return what a draft comes to by taxes and a rule of rounding. Pure: a preview is the same."""
    amounts = [item.amount_in(draft.currency) for item in draft.items]
    discounts, taken = _discounts(draft.discounts, amounts)
    rates = [tax_of(item) for item in draft.items]
    left = [amount - share for amount, share in zip(amounts, taken, strict=True)]
    taxes = _taxes(left, rates, rounding)
    lines = [line_of(*each) for each in zip(draft.items, left, taken, taxes, rates, strict=True)]
    return sum_up(lines, discounts)


def sum_up(lines: Sequence[InvoiceLine], discounts: Sequence[GivenDiscount] = ()) -> Bill:
    """Return lines with their sums."""
    return Bill(
        lines=list(lines),
        discounts=list(discounts),
        subtotal=sum(each.amount for each in lines),
        discount=sum(each.discount for each in lines),
        tax=sum(each.tax for each in lines),
        total=sum(each.total for each in lines),
    )


def check_bill(bill: Bill) -> None:
    """Raise Invalid where the sums of a bill are not those of its lines."""
    for place, line in enumerate(bill.lines):
        if line.amount - line.discount + line.tax != line.total:
            raise Invalid(
                f"lines.{place}: amount - discount + tax is not its total.", field=f"lines.{place}"
            )
    if bill != sum_up(bill.lines, bill.discounts):
        raise Invalid("the sums are not those of the lines.", field="lines")
    if bill.total < 0:
        raise Invalid(
            "the invoice gives back more than it asks for: write a credit note.", field="items"
        )


def _discounts(
    discounts: Sequence[Discount], amounts: Sequence[int]
) -> tuple[list[GivenDiscount], list[int]]:
    """Return the discounts with their amounts, one after the other of what is left, and what they
    take of each item."""
    given, taken = [], [0] * len(amounts)
    for each in discounts:
        places = each.items or range(len(amounts))
        left = [
            max(0, amounts[place] - taken[place]) if place in places else 0
            for place in range(len(amounts))
        ]
        whole = sum(left)
        amount = each.taken_from(whole)
        shares = spread(amount, left)
        taken = [before + share for before, share in zip(taken, shares, strict=True)]
        given.append(GivenDiscount(name=each.name, amount=amount, bps=each.bps))
    return given, taken


def _taxes(
    left: Sequence[int], rates: Sequence[AppliedTax | None], rounding: Rounding
) -> list[int]:
    """Return the tax of each line: rounded there, or once for all of a rate and spread over
    them."""
    taxes = [0] * len(left)
    for rate in dict.fromkeys(rates):
        if rate is None:
            continue
        places = [place for place, each in enumerate(rates) if each == rate]
        whole = WHOLE + rate.rate if rate.is_included else WHOLE
        parts = [left[place] * rate.rate for place in places]
        shares = (
            [half_even(part, whole) for part in parts]
            if rounding is Rounding.LINE
            else apportion(half_even(sum(parts), whole), parts, whole)
        )
        for place, share in zip(places, shares, strict=True):
            taxes[place] = share
    return taxes


def untaxed(amount: int, rate: AppliedTax | None) -> int:
    """Return an amount as a price says it without the tax that the price may have within it."""
    if rate is None or not rate.is_included:
        return amount
    return half_even(amount * WHOLE, WHOLE + rate.rate)


def line_of(item: Item, left: int, taken: int, tax: int, rate: AppliedTax | None) -> InvoiceLine:
    """Return the line of an item of which something was taken off and so much is left, both as its
    price says it."""
    total = left if rate is not None and rate.is_included else left + tax
    discount = untaxed(taken, rate)
    return InvoiceLine(
        item=item,
        amount=total - tax + discount,
        discount=discount,
        tax=tax,
        total=total,
        taxed_by=rate,
    )
