"""Orders, prices and what is taken off them, in a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.base_price import BasePrice, PublishedPrices
from ledger.pricing.modifier import Modifier, ModifierKind
from ledger.pricing.order_price import OrderPrice, price_lines, reduce_order
from ledger.pricing.reduction import Reduction
from ledger.pricing.stacking import Stacking

AT_US = 1_700_000_000_000_000


def price(amount: int, **fields: Any) -> BasePrice:
    """A price of one unit, in cents."""
    given: dict[str, Any] = {"currency": "usd", "amount": amount} | fields
    return BasePrice(**given)


def order(*lines: tuple[str, int] | OrderLine, **fields: Any) -> AskedOrder:
    """SKUs with units."""
    made = [e if isinstance(e, OrderLine) else OrderLine(sku=e[0], units=e[1]) for e in lines]
    given: dict[str, Any] = {"lines": made, "currency": "usd", "at_us": AT_US} | fields
    return AskedOrder(**given)


def modifier(id: str, kind: str, **fields: Any) -> Modifier:
    """A modifier of all prices."""
    return Modifier(id=id, name=id, kind=ModifierKind(kind), **fields)


def priced(
    asked: AskedOrder,
    prices: Mapping[str, int | Sequence[BasePrice]],
    *modifiers: Modifier,
    off: Sequence[Reduction] = (),
    stacking: Stacking = Stacking.SEQUENTIAL,
) -> OrderPrice:
    """The price of an order by these base prices, with these reductions."""
    published = {
        subject: PublishedPrices(1, [price(each)] if isinstance(each, int) else list(each))
        for subject, each in prices.items()
    }
    return reduce_order(price_lines(asked, published, modifiers), off, stacking)


def of_order(id: str, lines: Sequence[int], **fields: Any) -> Reduction:
    """A reduction of lines together that have so many units each."""
    units = dict(enumerate(lines))
    return Reduction(id=id, name=id, is_of_order=True, units=units, **fields)


def totals(amounts: Sequence[int], *off: Reduction, stacking: Stacking) -> list[int]:
    """What is left of lines of one unit with these amounts."""
    lines = [(f"s{place:03}", 1) for place in range(len(amounts))]
    prices = {sku: amount for (sku, _), amount in zip(lines, amounts, strict=True)}
    found = priced(order(*lines), prices, off=off, stacking=stacking)
    return [each.total for each in found.lines]
