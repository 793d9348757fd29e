"""The reduction: what is taken off lines of an order, of each by itself or of all of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ledger.kernel.shares import half_even, spread
from ledger.pricing.modifier import WHOLE_BPS
from ledger.pricing.unit_shares import share_of_units


class Taken(NamedTuple):
    """What is taken of: the amounts that basis points are of, what is left of them, and how many
    units each line has."""

    basis: Sequence[int]
    left: Sequence[int]
    units: Sequence[int]


class Reduction(msgspec.Struct, frozen=True, kw_only=True):
    """Basis points, or an amount: of one unit where it is of lines, of all lines together where it
    `is_of_order`. `units`: by the places of lines, of how many units of each; `limit`: more it does
    not take, whatever it says."""

    id: str
    name: str
    is_of_order: bool
    units: Mapping[int, int]
    bps: int | None = None
    amount: int | None = None
    limit: int | None = None

    def take(self, of: Taken) -> list[int]:
        """Return what it takes of each line, rounded once for what it is of, never more than is
        left."""
        basis = self._parts(of.basis, of.units)
        left = self._parts(of.left, of.units)
        if self.is_of_order:
            whole = half_even(sum(basis) * self.bps, WHOLE_BPS) if self.bps else self.amount or 0
            shares = spread(min(whole, sum(left)), left)
        else:
            shares = [
                min(self._of_line(place, part), rest)
                for place, (part, rest) in enumerate(zip(basis, left, strict=True))
            ]
        if self.limit is not None and sum(shares) > self.limit:
            return spread(self.limit, shares)
        return shares

    def moved(self, places: Mapping[int, int]) -> Reduction:
        """Return the same of lines that have other places."""
        units = {places[place]: count for place, count in self.units.items()}
        return msgspec.structs.replace(self, units=units)

    def _of_line(self, place: int, part: int) -> int:
        if self.bps is not None:
            return half_even(part * self.bps, WHOLE_BPS)
        return (self.amount or 0) * self.units.get(place, 0)

    def _parts(self, amounts: Sequence[int], units: Sequence[int]) -> list[int]:
        """Return what the units that it is of come to, of each line."""
        return [
            share_of_units(amount, units[place], 0, self.units.get(place, 0))
            for place, amount in enumerate(amounts)
        ]
