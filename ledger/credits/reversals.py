"""Reversals: a debit, deposit or grant taken back, whole or in parts, never above the original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import msgspec

from ledger.credits.arrivals import check_room
from ledger.credits.caps import Counted
from ledger.credits.debits import check_debt
from ledger.credits.facts import WalletFact
from ledger.credits.funds import Funds, total
from ledger.credits.lots import Kind, Lot, Slice, slice_of
from ledger.credits.usage import Line
from ledger.kernel.errors import Conflict
from ledger.kernel.money import format_amount
from ledger.kernel.times import microseconds

if TYPE_CHECKING:
    from ledger.credits.wallet import Wallet

LotTerms = Callable[[str], Lot]
"""The terms of a lot of this wallet by its id, also of one that was used up."""


class Restored(msgspec.Struct, frozen=True):
    """Credit that goes back to a lot, which may have been forgotten."""

    lot: Lot
    amount: int


class UsageReversed(WalletFact):
    """A debit was taken back, the last consumed first: its debt, then its lots from the end.

    `cancelled` lowered open debt; `adjustment` is the rest of the debt part, which had been paid
    since; `expired` came back to lots that had expired; `repaid` paid other debt. `counted` is
    where caps had counted the debit: there the amount is room again.
    """

    TOPIC: ClassVar[str] = "credits.UsageReversed"
    fingerprint: str
    original: str
    user: str
    amount: int
    balance_after: int
    cancelled: int = 0
    restored: list[Restored] = field(default_factory=list)
    adjustment: Lot | None = None
    expired: list[Slice] = field(default_factory=list)
    repaid: list[Slice] = field(default_factory=list)
    lots: list[Slice] = field(default_factory=list)
    reason: str | None = None
    counted: Counted | None = None

    def apply(self, aggregate: Wallet) -> None:
        funds = aggregate.funds
        funds.debt -= self.cancelled
        for each in self.restored:
            funds.restore(each.lot, each.amount)
        if self.adjustment is not None:
            funds.add(self.adjustment)
        funds.remove(self.expired)
        funds.repay(self.repaid)
        aggregate.reversed_so_far[self.original] = (
            aggregate.reversed_so_far.get(self.original, 0) + self.amount
        )


class CreditReversed(WalletFact):
    """A deposit or grant was taken back: what its lot still held, the spent part as debt.

    `repaid` is other credit that paid that debt at once.
    """

    TOPIC: ClassVar[str] = "credits.CreditReversed"
    fingerprint: str
    original: str
    granted: bool
    kind: Kind
    amount: int
    balance_after: int
    withdrawn: list[Slice] = field(default_factory=list)
    debt: int = 0
    repaid: list[Slice] = field(default_factory=list)
    reason: str | None = None

    def apply(self, aggregate: Wallet) -> None:
        funds = aggregate.funds
        funds.remove(self.withdrawn)
        funds.debt += self.debt
        funds.repay(self.repaid)
        aggregate.reversed_so_far[self.original] = (
            aggregate.reversed_so_far.get(self.original, 0) + self.amount
        )


def reverse_usage(
    wallet: Wallet,
    original: str,
    line: Line,
    amount: int | None,
    terms_of: LotTerms,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
    counted: Counted | None = None,
) -> None:
    """Take back a debit, or a part of it; no lot lasts longer for it."""
    now_us = microseconds(at)
    done = wallet.reversed_so_far.get(original, 0)
    amount = _remaining(line.amount, done, amount, wallet.asset)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    check_room(funds, amount, wallet.asset)
    debt_part, slices = _from_the_end(line, done, amount)
    cancelled = min(debt_part, funds.debt)
    funds.debt -= cancelled
    restored = [Restored(terms_of(part.lot), part.amount) for part in slices]
    for each in restored:
        funds.restore(each.lot, each.amount)
    wallet.record_due(due, at)
    adjustment = None
    if debt_part > cancelled:
        lot_id = f"{wallet.version + 1}-0"
        adjustment = Lot(lot_id, Kind.ADJUSTMENT, debt_part - cancelled, now_us)
        funds.add(adjustment)
    balance = funds.balance
    expired = [slice_of(each.lot, each.amount) for each in restored if each.lot.expired_at(now_us)]
    funds.remove(expired)
    back = [slice_of(each.lot, each.amount) for each in restored]
    wallet.trigger_event(
        UsageReversed,
        timestamp=at,
        fingerprint=fingerprint,
        original=original,
        user=line.user,
        amount=amount,
        balance_after=balance,
        cancelled=cancelled,
        restored=restored,
        adjustment=adjustment,
        expired=expired,
        repaid=funds.repay_all(now_us),
        lots=back + ([slice_of(adjustment, adjustment.amount)] if adjustment else []),
        reason=reason,
        counted=counted,
    )


def reverse_credit(
    wallet: Wallet,
    original: str,
    lot: Lot,
    granted: bool,
    amount: int | None,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
) -> None:
    """Take back a deposit or a grant, or a part of it; what was spent of it becomes debt."""
    now_us = microseconds(at)
    done = wallet.reversed_so_far.get(original, 0)
    amount = _remaining(lot.amount, done, amount, wallet.asset)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    withdrawn = _withdraw(funds, lot, amount)
    debt = amount - total(withdrawn)
    check_debt(funds, debt)
    funds.debt += debt
    balance = funds.balance
    repaid = funds.repay_all(now_us)
    wallet.record_due(due, at)
    wallet.trigger_event(
        CreditReversed,
        timestamp=at,
        fingerprint=fingerprint,
        original=original,
        granted=granted,
        kind=lot.kind,
        amount=amount,
        balance_after=balance,
        withdrawn=withdrawn,
        debt=debt,
        repaid=repaid,
        reason=reason,
    )


def _withdraw(funds: Funds, lot: Lot, amount: int) -> list[Slice]:
    """What is left of the lot itself, up to an amount."""
    left = next((each.left for each in funds.lots if each.terms.id == lot.id), 0)
    slices = [slice_of(lot, min(left, amount))] if left else []
    funds.remove(slices)
    return slices


def _remaining(original: int, done: int, amount: int | None, asset: str) -> int:
    """How much to reverse: what is asked, else all that is not reversed yet."""
    rest = original - done
    if rest == 0:
        raise Conflict("this transaction is reversed already.", field="id")
    if amount is not None and amount > rest:
        raise Conflict(
            f"amount is more than the {format_amount(rest, asset)} {asset} of the original that "
            "are not reversed yet.",
            field="amount",
        )
    return rest if amount is None else amount


def _from_the_end(line: Line, done: int, amount: int) -> tuple[int, list[Slice]]:
    """The debt part and the slices that `amount` covers, after `done` from the end."""
    debt, done, amount = _overlap(line.debt, done, amount)
    slices = []
    for part in reversed(line.lots):
        taken, done, amount = _overlap(part.amount, done, amount)
        if taken:
            slices.append(Slice(part.lot, part.kind, taken, part.expires_us))
    return debt, slices


def _overlap(length: int, skip: int, amount: int) -> tuple[int, int, int]:
    """What of a stretch is taken, when `skip` of it and what follows is already gone."""
    skipped = min(length, skip)
    taken = min(length - skipped, amount)
    return taken, skip - skipped, amount - taken
