"""The shares of a refund: what goes back of each line, so that however often something goes back,
all of it together is exactly what the line came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.money import format_amount
from ledger.kernel.shares import half_even, spread
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_terms import OrderTerms
from ledger.pricing.unit_shares import share_of_units


class AskedLine(NamedTuple):
    """What is to go back of a line: so many units, or an amount; neither: all that is left."""

    line: int
    units: int | None = None
    amount: int | None = None


class PaidLine(NamedTuple):
    """What was paid for a line of an order, or for sending it, which is one unit of its method."""

    id: int
    sku: str
    units: int
    to_pay: int
    item_type: str | None
    tax: int
    is_shipping: bool = False


def paid_lines(terms: OrderTerms) -> list[PaidLine]:
    """Return all that was paid for, by the ids of the lines; the last is for sending it."""
    lines = [PaidLine(e.id, e.sku, e.units, e.to_pay, e.item_type, e.tax) for e in terms.lines]
    if (sent := terms.shipping) is not None:
        shipping = PaidLine(sent.id, sent.method, 1, sent.to_pay, None, sent.tax, is_shipping=True)
        lines.append(shipping)
    return lines


class LineLeft(NamedTuple):
    """What a line has that has not gone back. `by_units`: the amount that went back with units."""

    line: PaidLine
    units: int
    amount: int
    by_units: int

    def back(self, units: int, amount: int) -> RefundedLine:
        """Return so much of it as what goes back."""
        of = self.line
        return RefundedLine(of.id, of.sku, units, amount, of.item_type, of.is_shipping)

    def with_units(self, count: int) -> int:
        """Return what so many more units come to: the part of the line that all units have that
        went back, less what went back with those before, and never more than is left."""
        gone = self.line.units - self.units
        whole = share_of_units(self.line.to_pay, self.line.units, 0, gone + count)
        return max(0, min(whole - self.by_units, self.amount))


def lines_left(terms: OrderTerms, gone: Sequence[RefundedLine]) -> list[LineLeft]:
    """Return what each line has left, when that went back or is on its way."""
    left = []
    for line in paid_lines(terms):
        of_line = [each for each in gone if each.line == line.id]
        units = line.units - sum(each.units for each in of_line)
        amount = line.to_pay - sum(each.amount for each in of_line)
        by_units = sum(each.amount for each in of_line if each.units or each.for_units)
        left.append(LineLeft(line, units, amount, by_units))
    return left


def shares_of_lines(
    terms: OrderTerms, gone: Sequence[RefundedLine], asked: Sequence[AskedLine]
) -> list[RefundedLine]:
    """Return what goes back of the lines that are named. Raises Invalid and Conflict."""
    left = {each.line.id: each for each in lines_left(terms, gone)}
    if len({each.line for each in asked}) < len(asked):
        raise Invalid("lines names a line twice: name it once, with all its units.", field="lines")
    found = []
    for place, each in enumerate(asked):
        field = f"lines.{place}"
        if each.line not in left:
            raise Invalid(f"{field}.line must be one of 1 to {len(left)}.", field=f"{field}.line")
        found.append(_share(left[each.line], each, terms.currency, field))
    return found


def shares_of_amount(
    terms: OrderTerms, gone: Sequence[RefundedLine], amount: int
) -> list[RefundedLine]:
    """Return an amount as what goes back of every line, in proportion to what each has left."""
    left = lines_left(terms, gone)
    shares = spread(amount, [each.amount for each in left])
    return [each.back(0, share) for each, share in zip(left, shares, strict=True) if share]


def shares_of_all(terms: OrderTerms, gone: Sequence[RefundedLine]) -> list[RefundedLine]:
    """Return all that is left, with its units."""
    return [
        each.back(each.units, each.amount)
        for each in lines_left(terms, gone)
        if each.units or each.amount
    ]


def taxed_shares(
    terms: OrderTerms, gone: Sequence[RefundedLine], shares: Sequence[RefundedLine]
) -> list[RefundedLine]:
    """Return what goes back with its tax, when that is back: of a line the part of its tax that all
    has which is back then, less the tax of what was back before."""
    lines = {each.id: each for each in paid_lines(terms)}
    return [
        msgspec.structs.replace(each, tax=_tax(lines[each.line], gone, each)) for each in shares
    ]


def _tax(line: PaidLine, gone: Sequence[RefundedLine], share: RefundedLine) -> int:
    before = [each for each in gone if each.line == line.id]
    if not line.to_pay:
        return 0
    back = sum(each.amount for each in before) + share.amount
    return half_even(line.tax * back, line.to_pay) - sum(each.tax for each in before)


def _share(left: LineLeft, asked: AskedLine, currency: str, field: str) -> RefundedLine:
    if asked.units is not None and asked.amount is not None:
        raise Invalid(f"{field} must have units, or an amount: not both.", field=field)
    if asked.amount is not None:
        if asked.amount > left.amount:
            limit = format_amount(left.amount, currency)
            raise Conflict(
                f"of line {asked.line} only {limit} {currency} can go back: it came to no more, or "
                "the rest has gone back.",
                field=f"{field}.amount",
            )
        return left.back(0, asked.amount)
    if asked.units is None:
        if not (left.units or left.amount):
            raise Conflict(f"nothing of line {asked.line} is left.", field=field)
        return left.back(left.units, left.amount)
    if asked.units > left.units:
        raise Conflict(
            f"of line {asked.line} only {left.units} units can go back.", field=f"{field}.units"
        )
    return left.back(asked.units, left.with_units(asked.units))
