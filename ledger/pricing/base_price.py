"""The base price: what one unit of a SKU, or of a catalogue item, costs before any change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import PRICES_PER_SKU_MAX, SKU_PRICE_MAX, UNITS_MAX
from ledger.kernel.money import format_amount
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.conditions import (
    check_currency,
    check_units,
    check_window,
    is_among,
    is_within,
)


class BasePrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The price of one unit, in the smallest unit of its currency. `price_list`: None: the default
    one, which holds for every order; `group`: of customers; None: for all. It is for `from_units`
    to `until_units`, both included, and from `from_us` until `until_us`."""

    currency: str
    amount: int
    price_list: str | None = None
    group: str | None = None
    from_units: int = 1
    until_units: int | None = None
    from_us: int | None = None
    until_us: int | None = None

    @property
    def width(self) -> int:
        """How many quantities it is for."""
        return (self.until_units or UNITS_MAX) - self.from_units + 1

    @property
    def precedence(self) -> tuple[bool, bool, int, int]:
        """How particular it is: a named list comes before `default`, a group before none, then the
        narrower quantity, then the later start."""
        start = -1 if self.from_us is None else self.from_us
        return self.price_list is not None, self.group is not None, -self.width, start

    def fits(self, order: AskedOrder, units: int) -> bool:
        """Tell whether so many units in an order may have it."""
        return (
            self.currency == order.currency
            and self.price_list in (None, order.price_list)
            and self.group in (None, order.group)
            and is_among(units, self.from_units, self.until_units)
            and is_within(order.at_us, self.from_us, self.until_us)
        )


class PublishedPrices(msgspec.Struct, frozen=True):
    """The base prices of a SKU, or of a catalogue item, and which version of them."""

    version: int
    prices: list[BasePrice]


class FoundPrice(msgspec.Struct, frozen=True):
    """The base price that a line has: of which subject, and in which version of its prices."""

    subject: str
    version: int
    price: BasePrice


def find_price(
    line: OrderLine, order: AskedOrder, published: Mapping[str, PublishedPrices]
) -> FoundPrice | None:
    """Return the most particular base price of a line: that of its SKU before that of its item."""
    units = order.units[line.sku]
    for subject in line.subjects:
        if subject not in published:
            continue
        fitting = [each for each in published[subject].prices if each.fits(order, units)]
        if fitting:
            price = max(fitting, key=lambda each: each.precedence)
            return FoundPrice(subject, published[subject].version, price)
    return None


def check_prices(prices: Sequence[BasePrice]) -> None:
    """Raise Invalid where prices cannot be published together: of any two that fit the same order
    one is the more particular."""
    if len(prices) > PRICES_PER_SKU_MAX:
        raise Invalid(f"prices must be at most {PRICES_PER_SKU_MAX}.", field="prices")
    alike: dict[object, list[tuple[int, int]]] = defaultdict(list)
    for place, price in enumerate(prices):
        try:
            _check_price(price)
        except Invalid as refusal:
            raise refusal.at(f"prices.{place}") from None
        same = price.currency, price.price_list, price.group, price.width, price.from_us
        alike[same].append((price.from_units, place))
    for places in alike.values():
        _refuse_ties(sorted(places), prices)


def _refuse_ties(places: Sequence[tuple[int, int]], prices: Sequence[BasePrice]) -> None:
    """Refuse prices of the same width and start that share a quantity."""
    for (_, first), (_, second) in pairwise(places):
        if prices[second].from_units < prices[first].from_units + prices[first].width:
            later, earlier = max(first, second), min(first, second)
            raise Invalid(
                f"prices.{later} fits the same orders as prices.{earlier}: give one of them "
                "another quantity, start, group or price list, or leave it out.",
                field=f"prices.{later}",
            )


def _check_price(price: BasePrice) -> None:
    check_currency(price.currency)
    if not 0 <= price.amount <= SKU_PRICE_MAX:
        limit = format_amount(SKU_PRICE_MAX, price.currency)
        raise Invalid(f"amount must be zero or more, at most {limit}.", field="amount")
    if price.price_list is not None:
        check_text(price.price_list, "price_list")
    if price.group is not None:
        check_text(price.group, "group")
    check_units(price.from_units, price.until_units)
    check_window(price.from_us, price.until_us)
