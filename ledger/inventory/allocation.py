"""The allocation: from where lines are taken, all of them or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from ledger.inventory.reservation import Part, StockLine
from ledger.inventory.stock import Stock, out_of_stock
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.limits import RESERVATION_LINES_MAX, RESERVATION_PARTS_MAX, UNITS_MAX

Place: TypeAlias = tuple[str, str]
"""A location and a SKU."""


class Allocation:
    """Takes lines from stocks, at a moment: each from where it says, or from the locations in their
    order. What one line takes the others do not find."""

    def __init__(self, order: Sequence[str], stocks: Mapping[Place, Stock], now_us: int) -> None:
        self._order = order
        self._stocks = stocks
        self._now_us = now_us
        self._taken: Counter[Place] = Counter()

    def take(self, lines: Sequence[StockLine]) -> list[Part]:
        """Return what is taken where. Raises OutOfStock, Conflict and Invalid."""
        check_lines(lines)
        for line in sorted(lines, key=lambda each: each.location is None):
            self._take(line, [line.location] if line.location else self._order)
        if len(self._taken) > RESERVATION_PARTS_MAX:
            raise Invalid(
                f"lines would be taken from more than {RESERVATION_PARTS_MAX} places: reserve "
                "fewer of them at once.",
                field="lines",
            )
        return [self._part(place, quantity) for place, quantity in self._taken.items()]

    def _take(self, line: StockLine, locations: Iterable[str]) -> None:
        left, found, is_full = line.quantity, 0, False
        places = [(each, line.sku) for each in locations if (each, line.sku) in self._stocks]
        for place in places:
            stock, taken = self._stocks[place], self._taken[place]
            if not stock.has_room():
                is_full = True
                continue
            free = max(0, stock.available(self._now_us, taken + left) - taken)
            found += free
            self._add(place, min(left, free))
            left -= min(left, free)
            if not left:
                return
        for place in places:
            if self._stocks[place].allows_oversell and self._stocks[place].has_room():
                self._add(place, left)
                return
        if is_full:
            raise Conflict(
                f"so many reservations of {line.sku} are open that no more can be: release some, "
                "or ship what is confirmed.",
                field="lines",
            )
        refusal = out_of_stock(line.sku, found, line.quantity)
        refusal.field = "lines"
        raise refusal

    def _add(self, place: Place, quantity: int) -> None:
        if quantity:
            self._stocks[place].check_reserve(self._taken[place] + quantity)
            self._taken[place] += quantity

    def _part(self, place: Place, quantity: int) -> Part:
        location, sku = place
        available = max(0, self._stocks[place].available(self._now_us, quantity))
        return Part(location, sku, quantity, max(0, quantity - available))


def check_lines(lines: Sequence[StockLine]) -> None:
    """Refuse no lines, too many, and more of a SKU in all than a line may have."""
    if not 1 <= len(lines) <= RESERVATION_LINES_MAX:
        raise Invalid(f"lines must be 1 to {RESERVATION_LINES_MAX}.", field="lines")
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.sku] += line.quantity
    for sku, quantity in sums.items():
        if quantity > UNITS_MAX:
            raise Invalid(f"lines name more than {UNITS_MAX} of {sku} in all.", field="lines")


def pick(parts: Iterable[Part], lines: Sequence[StockLine]) -> list[Part]:
    """Return what lines take of parts, in their order; all of them without any line. Raises
    Conflict where there is less than they name."""
    left = {(each.location, each.sku): each.quantity for each in parts}
    if not lines:
        return [Part(*place, quantity) for place, quantity in left.items()]
    check_lines(lines)
    picked: Counter[Place] = Counter()
    for line in sorted(lines, key=lambda each: each.location is None):
        wanted = line.quantity
        for place, there in left.items():
            if place[1] == line.sku and line.location in (None, place[0]):
                taken = min(wanted, there - picked[place])
                picked[place] += taken
                wanted -= taken
        if wanted:
            where = f" at {line.location}" if line.location else ""
            raise Conflict(
                f"of {line.sku}{where} only {line.quantity - wanted} are left, {line.quantity} are "
                "named.",
                field="lines",
            )
    return [Part(*place, quantity) for place, quantity in picked.items() if quantity]
