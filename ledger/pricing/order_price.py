"""The order price: what every line of an order costs, step by step, and what all of it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX
from ledger.pricing.asked_order import DEFAULT_LIST, AskedOrder, OrderLine
from ledger.pricing.base_price import FoundPrice, PublishedPrices, find_price
from ledger.pricing.modifier import Modifier
from ledger.pricing.reduction import Reduction
from ledger.pricing.stacking import Stacked, Stacking, stack
from ledger.pricing.unit_shares import share_of_units


class StepKind(StrEnum):
    """What made a step: the base price, a modifier, a reduction of the line, or the line's share of
    one of the order."""

    BASE_PRICE = "base_price"
    MODIFIER = "modifier"
    PROMOTION = "promotion"
    ORDER_PROMOTION = "order_promotion"

    @property
    def is_promotion(self) -> bool:
        """Whether a promotion made it, of the line or of the order."""
        return self in (StepKind.PROMOTION, StepKind.ORDER_PROMOTION)


class Step(msgspec.Struct, frozen=True):
    """What changed the amount of a line, and what it was then. `of`: the id of what did it."""

    kind: StepKind
    of: str
    name: str
    delta: int
    amount_after: int


class LinePrice(msgspec.Struct, frozen=True):
    """A line with its base price and every step since, in smallest units of the currency."""

    line: OrderLine
    found: FoundPrice
    steps: list[Step]

    @property
    def total(self) -> int:
        """What all its units come to."""
        return self.steps[-1].amount_after

    def share_of(self, after: int, count: int) -> int:
        """Return what `count` of its units come to, after the first `after`: what goes back with
        them. All that go back one after another are exactly the line."""
        return share_of_units(self.total, self.line.units, after, count)


class OrderPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The price of an order: `subtotal - discount = total`."""

    lines: list[LinePrice]
    reductions: list[Stacked]
    stacking: Stacking
    subtotal: int
    discount: int
    total: int


def price_lines(
    order: AskedOrder, published: Mapping[str, PublishedPrices], modifiers: Sequence[Modifier]
) -> list[LinePrice]:
    """Return the lines of an order by base prices and modifiers, these in the order of their
    priorities. Raises Invalid, which names the line."""
    ordered = sorted(modifiers, key=lambda each: each.place)
    priced = [
        _price_line(place, line, order, published, ordered)
        for place, line in enumerate(order.lines)
    ]
    if sum(each.total for each in priced) > AMOUNT_MAX:
        raise Invalid("lines come to more than the ledger can hold.", field="lines")
    return priced


def reduce_order(
    priced: Sequence[LinePrice], reductions: Sequence[Reduction], stacking: Stacking
) -> OrderPrice:
    """Return what lines come to when everything is taken off that is. Shares are dealt in the order
    of the lines' ranks, so that it is the same however the lines are sent."""
    places = sorted(range(len(priced)), key=lambda place: priced[place].line.rank)
    ranks = {place: rank for rank, place in enumerate(places)}
    stacked = stack(
        [each.moved(ranks) for each in reductions],
        [priced[place].total for place in places],
        [priced[place].line.units for place in places],
        stacking,
    )
    lines = [_with_steps(each, ranks[place], stacked) for place, each in enumerate(priced)]
    subtotal = sum(each.total for each in priced)
    total = sum(each.total for each in lines)
    return OrderPrice(
        lines=lines,
        reductions=stacked,
        stacking=stacking,
        subtotal=subtotal,
        discount=subtotal - total,
        total=total,
    )


def _price_line(
    place: int,
    line: OrderLine,
    order: AskedOrder,
    published: Mapping[str, PublishedPrices],
    modifiers: Sequence[Modifier],
) -> LinePrice:
    found = find_price(line, order, published)
    if found is None:
        field = f"lines.{place}.sku"
        if not any(subject in published for subject in line.subjects):
            raise Invalid(f"{line.sku} has no price: publish one first.", field=field)
        raise Invalid(f"{line.sku} has no price in {order.currency} for that.", field=field)
    amount = found.price.amount * line.units
    name = found.price.price_list or DEFAULT_LIST
    steps = [Step(StepKind.BASE_PRICE, found.subject, name, amount, amount)]
    for each in modifiers:
        if each.fits(line, order):
            after = each.change(amount, line.units)
            steps.append(Step(StepKind.MODIFIER, each.id, each.name, after - amount, after))
            amount = after
    if any(step.amount_after > AMOUNT_MAX for step in steps):
        field = f"lines.{place}.units"
        raise Invalid(f"{field} make it more than the ledger can hold.", field=field)
    return LinePrice(line, found, steps)


def _with_steps(priced: LinePrice, rank: int, stacked: Sequence[Stacked]) -> LinePrice:
    """Return a line with what reductions took of it."""
    steps, amount = list(priced.steps), priced.total
    for each in stacked:
        if share := each.shares[rank]:
            amount -= share
            by = each.reduction
            kind = StepKind.ORDER_PROMOTION if by.is_of_order else StepKind.PROMOTION
            steps.append(Step(kind, by.id, by.name, -share, amount))
    return msgspec.structs.replace(priced, steps=steps)
