"""Lot parts: where the credits of a lot are: what is left of it, what is out, and what is gone
already."""

from __future__ import annotations

from typing import NamedTuple

from ledger.credits.funds import Due, Funds
from ledger.credits.lots import Lot, total


class Losses(NamedTuple):
    """What a lot has lost other than by use.

    `expired` and `withdrawn` (by hand) are gone, `sent` went to other wallets. `owed`: of what was
    used, how much a reversal has made debt.
    """

    expired: int = 0
    withdrawn: int = 0
    sent: int = 0
    owed: int = 0

    def plus(self, other: Losses) -> Losses:
        """Return the sum of the two."""
        return Losses(*(mine + its for mine, its in zip(self, other, strict=True)))


class LotParts(NamedTuple):
    """What a reversal can take of a lot, in the order in which it does: what is left of it, then
    what is out and becomes debt."""

    left: int
    used: int
    sent: int
    held: int

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(self)

    def first(self, amount: int) -> LotParts:
        """Return the first so much of it."""
        taken = []
        for part in self:
            taken.append(min(part, amount))
            amount -= taken[-1]
        return LotParts(*taken)


def parts_of(lot: Lot, funds: Funds, losses: Losses, reversed_so_far: int) -> LotParts:
    """Return what can be taken of a lot: what expired, was withdrawn or is reversed is gone
    already."""
    found = next((each for each in funds.lots if each.terms.id == lot.id), None)
    left, held = (found.left, found.held) if found else (0, 0)
    gone = losses.expired + losses.withdrawn + reversed_so_far
    out = max(0, lot.amount - gone - left - held)  # more was taken under an older rule
    sent = min(losses.sent, out)
    return LotParts(left, out - sent, sent, held)


def lost_by(due: Due, lot_id: str) -> Losses:
    """Return what a lot loses by what has fallen due."""
    slices = [*due.expired, *(part for _, back in due.holds for part in back.expired)]
    return Losses(expired=total(part for part in slices if part.lot == lot_id))
