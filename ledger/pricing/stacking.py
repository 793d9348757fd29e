"""The stacking of reductions: what several that fit one order take off it together."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ledger.pricing.reduction import Reduction, Taken


class Stacking(StrEnum):
    """Whether each takes of what remains, or of what there was before any, or only the best."""

    SEQUENTIAL = "sequential"
    ADDITIVE = "additive"
    BEST_ONLY = "best_only"


class Stacked(msgspec.Struct, frozen=True):
    """A reduction, with what it took of each line."""

    reduction: Reduction
    shares: list[int]

    @property
    def amount(self) -> int:
        """What it took of all of them."""
        return sum(self.shares)


def stack(
    reductions: Sequence[Reduction],
    amounts: Sequence[int],
    units: Sequence[int],
    stacking: Stacking,
) -> list[Stacked]:
    """Return what reductions take of lines with these amounts and units: those of single lines
    first, then those of the order. No line goes below zero."""
    ordered = sorted(reductions, key=lambda each: each.is_of_order)
    if stacking is Stacking.BEST_ONLY:
        alone = [Stacked(e, e.take(Taken(amounts, amounts, units))) for e in ordered]
        return [max(alone, key=lambda each: each.amount)] if alone else []
    left, stacked = list(amounts), []
    for each in ordered:
        basis = amounts if stacking is Stacking.ADDITIVE else left
        shares = each.take(Taken(basis, left, units))
        left = [before - share for before, share in zip(left, shares, strict=True)]
        stacked.append(Stacked(each, shares))
    return stacked
