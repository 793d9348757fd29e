"""Reversals: a debit, deposit or grant taken back, whole or in parts, never above the original."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.admission import check_debt, check_lots, check_room
from ledger.credits.caps import Counted
from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.losses import expired_rows, loss_rows, reversal_row
from ledger.credits.lot_parts import Losses, lost_by, parts_of
from ledger.credits.lots import KeptPart, Kind, Lot, Slice, slice_at, slice_of, total
from ledger.credits.usage import UsageLine
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict
from ledger.kernel.limits import RESTORED_LOTS_MAX
from ledger.kernel.money import format_amount
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds

LotTerms = Callable[[str], Lot]
"""The terms of a lot of this wallet by its id, also of one that was used up."""

LotLosses = Mapping[str, Losses]
"""What lots of this wallet have lost, by their ids; those that have lost nothing are left out."""


class Restored(msgspec.Struct, frozen=True):
    """Credit that goes back to a lot, which may have been forgotten."""

    lot: Lot
    amount: int


class UsageReversed(Reasoned, WalletFact):
    """A debit was taken back, the last consumed first: its debt, then its lots from the end.

    `cancelled` lowered open debt. `adjustment` is a new lot of the rest of the debt part, which had
    been paid since, and of `owed`: what belonged to lots that a reversal had made debt of.
    `expired` came back to lots that had expired; `repaid` paid other debt. `counted`
    is where caps had counted the debit: there the amount is room again.
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
    owed: list[Slice] = field(default_factory=list)

    def apply(self, aggregate: WalletBase) -> None:
        funds = aggregate.funds
        funds.debt -= self.cancelled
        for each in self.restored:
            funds.restore(each.lot, each.amount)
        if self.adjustment is not None:
            funds.add(self.adjustment)
        funds.remove(self.expired)
        funds.repay(self.repaid)

    def person(self, subject: str) -> str:
        return self.user

    def rows(self) -> Iterable[TableRow]:
        owed = [(part.lot, Losses(owed=-part.amount)) for part in self.owed]
        return [
            reversal_row(self.originator_id, self.original, self.amount),
            *expired_rows(self.originator_id, self.expired),
            *loss_rows(self.originator_id, owed),
        ]


class CreditReversed(Reasoned, WalletFact):
    """A deposit or grant was taken back: `withdrawn` of its lot, and as `debt` what was out of it.

    Of the debt, `used` was used, `sent` went to other wallets, and `kept` is the lot that holds
    have in its stead: `holds` says which, and how much. `repaid` is other credit that paid the debt
    at once. `breakage`: nothing of the lot is left, so that what expired of it was no income.
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
    lot: str | None = None
    used: int = 0
    sent: int = 0
    kept: Lot | None = None
    holds: list[KeptPart] = field(default_factory=list)
    breakage: int = 0

    def apply(self, aggregate: WalletBase) -> None:
        funds = aggregate.funds
        if self.kept is not None:
            funds.keep(self.holds, str(self.lot), self.kept)
        funds.remove(self.withdrawn)
        funds.debt += self.debt
        funds.repay(self.repaid)

    def rows(self) -> Iterable[TableRow]:
        """Return what its lot loses is unknown where it does not name it: it is older than these
        rows."""
        reversed_ = reversal_row(self.originator_id, self.original, self.amount)
        if self.lot is None or not self.used + self.sent:
            return [reversed_]
        lost = Losses(sent=-self.sent, owed=self.used)
        return [reversed_, *loss_rows(self.originator_id, [(self.lot, lost)])]


def reverse_usage(
    wallet: WalletBase,
    original: str,
    line: UsageLine,
    amount: int | None,
    reversed_so_far: int,
    losses: LotLosses,
    terms_of: LotTerms,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
    counted: Counted | None = None,
) -> None:
    """Take back a debit, or a part of it; no lot lasts longer for it."""
    now_us = microseconds(at)
    amount = _remaining(line.amount, reversed_so_far, amount, wallet.asset)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    check_room(funds, amount, wallet.asset)
    debt_part, slices = _from_the_end(line, reversed_so_far, amount)
    slices, owed = _owed(slices, losses)
    open_lots = {each.terms.id for each in funds.lots}
    check_lots(funds, len({part.lot for part in slices} - open_lots) + 1, RESTORED_LOTS_MAX)
    cancelled = min(debt_part, funds.debt)
    funds.debt -= cancelled
    restored = [Restored(terms_of(part.lot), part.amount) for part in slices]
    for each in restored:
        funds.restore(each.lot, each.amount)
    record_due(wallet, due, at)
    adjustment = None
    if debt_part > cancelled or owed:
        lot_id = f"{wallet.version + 1}-0"
        rest = debt_part - cancelled + total(owed)
        adjustment = Lot(lot_id, Kind.ADJUSTMENT, rest, now_us)
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
        owed=owed,
    )


def reverse_credit(
    wallet: WalletBase,
    original: str,
    lot: Lot,
    granted: bool,
    amount: int | None,
    reversed_so_far: int,
    losses: Losses,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None,
) -> None:
    """Take back a deposit or a grant, or a part of it.

    What is left of the lot goes, what was used, sent or held of it becomes debt. What expired or
    was withdrawn is gone already.
    """
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    losses = losses.plus(lost_by(due, lot.id))
    parts = parts_of(lot, funds, losses, reversed_so_far)
    amount = _takable(parts.amount, reversed_so_far, amount, wallet.asset)
    taken = parts.first(amount)
    debt = amount - taken.left
    check_debt(funds, debt)
    record_due(wallet, due, at)
    kept, holds = None, []
    if taken.held:
        kept = Lot(f"{wallet.version + 1}-0", Kind.ADJUSTMENT, taken.held, now_us)
        holds = funds.held_parts(lot.id, taken.held)
        funds.keep(holds, lot.id, kept)
    withdrawn = [slice_at(lot, taken.left, now_us)] if taken.left else []
    funds.remove(withdrawn)
    funds.debt += debt
    wallet.trigger_event(
        CreditReversed,
        timestamp=at,
        fingerprint=fingerprint,
        original=original,
        granted=granted,
        kind=lot.kind,
        amount=amount,
        balance_after=funds.balance,
        withdrawn=withdrawn,
        debt=debt,
        repaid=funds.repay_all(now_us),
        reason=reason,
        lot=lot.id,
        used=taken.used,
        sent=taken.sent,
        kept=kept,
        holds=holds,
        breakage=losses.expired if amount == parts.amount else 0,
    )


def _owed(slices: list[Slice], losses: LotLosses) -> tuple[list[Slice], list[Slice]]:
    """Return what goes back to its lots, and what a reversal of those has made debt."""
    back, owed = [], []
    left = {lot: each.owed for lot, each in losses.items()}
    for part in slices:
        debt = min(part.amount, left.get(part.lot, 0))
        if debt:
            left[part.lot] -= debt
            owed.append(Slice(part.lot, part.kind, debt, part.expires_us))
        if part.amount > debt:
            back.append(Slice(part.lot, part.kind, part.amount - debt, part.expires_us))
    return back, owed


def _takable(rest: int, done: int, amount: int | None, asset: str) -> int:
    """Return how much of a lot to take back: what is asked, else all that is not gone already."""
    if rest == 0:
        raise Conflict(
            "this transaction is reversed already."
            if done
            else "there is nothing to take back: all of it has expired or was taken away.",
            field="id",
        )
    if amount is not None and amount > rest:
        raise Conflict(
            f"amount is more than the {format_amount(rest, asset)} {asset} that can still be taken "
            "back: what has expired, was taken away or is reversed is gone already.",
            field="amount",
        )
    return rest if amount is None else amount


def _remaining(original: int, done: int, amount: int | None, asset: str) -> int:
    """Return how much to reverse: what is asked, else all that is not reversed yet."""
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


def _from_the_end(line: UsageLine, done: int, amount: int) -> tuple[int, list[Slice]]:
    """Return the debt part and the slices that `amount` covers, after `done` from the end."""
    debt, done, amount = _overlap(line.debt, done, amount)
    slices = []
    for part in reversed(line.lots):
        taken, done, amount = _overlap(part.amount, done, amount)
        if taken:
            slices.append(Slice(part.lot, part.kind, taken, part.expires_us))
    return debt, slices


def _overlap(length: int, skip: int, amount: int) -> tuple[int, int, int]:
    """Return what of a stretch is taken, when `skip` of it and what follows is already gone."""
    skipped = min(length, skip)
    taken = min(length - skipped, amount)
    return taken, skip - skipped, amount - taken
