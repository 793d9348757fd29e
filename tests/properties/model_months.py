"""A model of prices that count over a calendar month: unit by unit, and nothing is multiplied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

Metered = tuple[int, int, int]
"""Seconds (graduated), images (packages of five), characters (by volume)."""

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def second(number: int) -> Fraction:
    """What the second of that number costs: a half up to the tenth, a quarter up to the 25th."""
    return HALF if number <= 10 else QUARTER if number <= 25 else Fraction(3)


def image(number: int) -> Fraction:
    """Each fifth, from the first on, begins a package of seven."""
    return Fraction(7 if number % 5 == 1 else 0)


def character(reached: int) -> Fraction:
    """What each character of a line costs that reaches so many."""
    return Fraction(3) if reached <= 10 else HALF if reached <= 20 else QUARTER


def cost_of(cost: Callable[[int], Fraction], units: int) -> Fraction:
    """What so many units cost together, from the first on."""
    return sum(map(cost, range(1, units + 1)), Fraction(0))


@dataclass
class MMonths:
    """Units used, by whose they are, what they are and the month; `together`: images are counted
    over all wallets."""

    together: bool = False
    used: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def copy(self) -> MMonths:
        return MMonths(self.together, dict(self.used))

    def price(self, payer: str, metered: Metered, month: str) -> int:
        """Microcredits of a use. What the units before in the month cost stands in the sum that is
        rounded, and is taken off again: a month adds up to what it costs rounded once."""
        seconds, images, characters = metered
        before = after = Fraction(0)
        for name, units, cost in (("seconds", seconds, second), ("images", images, image)):
            if units:
                known = self.known(payer, name, month)
                before += cost_of(cost, known)
                after += cost_of(cost, known + units)
        reached = self.known(payer, "characters", month) + characters
        after += sum((character(reached) for _ in range(characters)), Fraction(0))
        return round(after) - round(before)  # a Fraction rounds half to even

    def count(self, payer: str, metered: Metered, month: str) -> None:
        for name, units in zip(("seconds", "images", "characters"), metered, strict=True):
            if units:
                place = self.place(payer, name, month)
                self.used[place] = self.used.get(place, 0) + units

    def known(self, payer: str, name: str, month: str) -> int:
        return self.used.get(self.place(payer, name, month), 0)

    def place(self, payer: str, name: str, month: str) -> tuple[str, str, str]:
        return ("" if self.together and name == "images" else payer, name, month)
