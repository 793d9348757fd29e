"""Adjustments up and down, zap, suspension; and conversion: what a person does by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.credits.admission import check_admission
from ledger.credits.deposits import admit, receive, repayment
from ledger.credits.due import fall_due, record_due
from ledger.credits.facts import WalletFact
from ledger.credits.losses import loss_rows
from ledger.credits.lot_parts import Losses
from ledger.credits.lots import Kind, Lot, Slice, Terms, slice_at
from ledger.credits.suspensions import WalletResumed, WalletSuspended
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds


class CreditsAdjusted(Reasoned, WalletFact):
    """A person added credit, as a lot of kind adjustment."""

    TOPIC: ClassVar[str] = "credits.CreditsAdjusted"
    fingerprint: str
    lot: Lot
    balance_after: int
    repaid: int = 0
    reason: str | None = None

    def apply(self, aggregate: WalletBase) -> None:
        receive(aggregate.funds, self.lot, self.repaid)


class CreditsWithdrawn(Reasoned, WalletFact):
    """A person took credit away. `forgiven` is debt that was cleared with it (zap)."""

    TOPIC: ClassVar[str] = "credits.CreditsWithdrawn"
    fingerprint: str
    lots: list[Slice]
    balance_after: int
    forgiven: int = 0
    reason: str | None = None

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.remove(self.lots)
        aggregate.funds.debt -= self.forgiven

    def rows(self) -> Iterable[TableRow]:
        lost = [(part.lot, Losses(withdrawn=part.amount)) for part in self.lots]
        return loss_rows(self.originator_id, lost)


def adjust(
    wallet: WalletBase, amount: int, at: datetime, *, fingerprint: str, reason: str | None
) -> None:
    """Add (or, negative, take) credit by hand. Taking never makes debt."""
    if amount > 0:
        lot = admit(wallet, Terms(Kind.ADJUSTMENT, amount), at)
        wallet.trigger_event(
            CreditsAdjusted,
            timestamp=at,
            fingerprint=fingerprint,
            lot=lot,
            balance_after=wallet.funds.balance + lot.amount,
            repaid=repayment(wallet.funds, lot, at),
            reason=reason,
        )
        return
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    check_admission(wallet, funds, -amount, now_us)
    slices = list(funds.spendable(-amount, now_us))
    funds.remove(slices)
    record_due(wallet, due, at)
    wallet.trigger_event(
        CreditsWithdrawn,
        timestamp=at,
        fingerprint=fingerprint,
        lots=slices,
        balance_after=funds.balance,
        reason=reason,
    )


def zap(wallet: WalletBase, at: datetime, *, fingerprint: str, reason: str | None) -> None:
    """Clear the balance: all that is left, effective or not, and the debt. Holds keep theirs."""
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    slices = [slice_at(lot.terms, lot.left, now_us) for lot in funds.lots if lot.left]
    if not slices and not funds.debt:
        raise Conflict("there is nothing to clear.", field="user")
    record_due(wallet, due, at)
    wallet.trigger_event(
        CreditsWithdrawn,
        timestamp=at,
        fingerprint=fingerprint,
        lots=slices,
        balance_after=funds.held,
        forgiven=funds.debt,
        reason=reason,
    )


def suspend(wallet: WalletBase, at: datetime, *, fingerprint: str, reason: str | None) -> None:
    """Refuse holds and admissions from now on."""
    if wallet.suspended:
        raise Conflict("the wallet is suspended already.", field="user")
    fall_due(wallet, at)
    wallet.trigger_event(WalletSuspended, timestamp=at, fingerprint=fingerprint, reason=reason)


def resume(wallet: WalletBase, at: datetime, *, fingerprint: str, reason: str | None) -> None:
    """Admit again."""
    if not wallet.suspended:
        raise Conflict("the wallet is not suspended.", field="user")
    fall_due(wallet, at)
    wallet.trigger_event(WalletResumed, timestamp=at, fingerprint=fingerprint, reason=reason)
