"""What a wallet holds, and the arithmetic on it. Pure: decisions try it on a copy."""

from __future__ import annotations

import bisect
from collections.abc import Iterable

import msgspec

from ledger.credits.lots import Lot, OpenLot, Slice, burn_order, slice_of


class Funds(msgspec.Struct):
    """Open lots in burn order, and debt: at most one of what is spendable and debt is not zero.

    Amounts in the asset's smallest unit. `lots` holds only lots with something left.
    """

    lots: list[OpenLot] = []
    debt: int = 0

    def copy(self) -> Funds:
        """An independent copy; the terms of lots are shared, as they never change."""
        return Funds([OpenLot(lot.terms, lot.left) for lot in self.lots], self.debt)

    @property
    def credits(self) -> int:
        """All that is left of the lots, also of those that are not effective yet."""
        return sum(lot.left for lot in self.lots)

    @property
    def balance(self) -> int:
        """All that is left, also what is not effective yet, less the debt.

        Every transaction moves it by its amount and nothing else does, so statements add up.
        """
        return self.credits - self.debt

    def available(self, now_us: int) -> int:
        """What can be spent now."""
        return sum(lot.left for lot in self.lots if lot.terms.spendable_at(now_us))

    def add(self, lot: Lot) -> None:
        """Put a lot in its place in the burn order."""
        bisect.insort(self.lots, OpenLot(lot, lot.amount), key=lambda each: burn_order(each.terms))

    def take(self, amount: int, now_us: int) -> tuple[list[Slice], int]:
        """Burn up to `amount` in order; answer the slices taken and the shortfall."""
        slices = []
        for lot in self.lots:
            if amount == 0:
                break
            if lot.terms.spendable_at(now_us):
                part = min(lot.left, amount)
                slices.append(slice_of(lot.terms, part))
                amount -= part
        self.remove(slices)
        return slices, amount

    def spend(self, amount: int, now_us: int) -> tuple[list[Slice], int]:
        """Burn `amount`; what is short becomes debt."""
        slices, shortfall = self.take(amount, now_us)
        self.debt += shortfall
        return slices, shortfall

    def remove(self, slices: Iterable[Slice]) -> None:
        """Take slices out of their lots; a lot with nothing left is forgotten."""
        emptied = False
        for part in slices:
            lot = next(lot for lot in self.lots if lot.terms.id == part.lot)
            lot.left -= part.amount
            emptied = emptied or lot.left == 0
        if emptied:
            self.lots = [lot for lot in self.lots if lot.left]

    def repay(self, slices: Iterable[Slice]) -> None:
        """Pay debt with slices."""
        slices = list(slices)
        self.remove(slices)
        self.debt -= sum(part.amount for part in slices)

    def fall_due(self, now_us: int) -> tuple[list[Slice], list[Slice]]:
        """Do what time has brought, in its order: lots take effect and pay debt, lots expire.

        Answers the slices that paid debt and the slices that expired.
        """
        if not self.lots:
            return [], []
        instants = [(lot.terms.effective_us, True, lot) for lot in self.lots] if self.debt else []
        instants += [
            (lot.terms.expires_us or 0, False, lot)
            for lot in self.lots
            if lot.terms.expired_at(now_us)
        ]
        instants = [each for each in instants if each[0] <= now_us]
        instants.sort(key=lambda each: each[:2])
        repaid: list[Slice] = []
        expired: list[Slice] = []
        for _, effective, lot in instants:
            part = min(lot.left, self.debt) if effective else lot.left
            if part:
                lot.left -= part
                self.debt -= part if effective else 0
                (repaid if effective else expired).append(slice_of(lot.terms, part))
        if instants:
            self.lots = [lot for lot in self.lots if lot.left]
        return repaid, expired
