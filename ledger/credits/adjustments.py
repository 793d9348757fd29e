"""What a person does by hand: adjustments up and down, zap, suspension; and conversion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from ledger.credits.debits import check_admission
from ledger.credits.deposits import Terms, admit, receive, repayment
from ledger.credits.facts import WalletFact
from ledger.credits.lots import Kind, Lot, Slice, slice_at
from ledger.kernel.errors import Conflict
from ledger.kernel.times import microseconds

if TYPE_CHECKING:
    from ledger.credits.wallet import Wallet


class CreditsAdjusted(WalletFact):
    """A person added credit, as a lot of kind adjustment."""

    TOPIC: ClassVar[str] = "credits.CreditsAdjusted"
    fingerprint: str
    lot: Lot
    balance_after: int
    repaid: int = 0
    reason: str | None = None

    def apply(self, aggregate: Wallet) -> None:
        receive(aggregate.funds, self.lot, self.repaid)


class CreditsWithdrawn(WalletFact):
    """A person took credit away. `forgiven` is debt that was cleared with it (zap)."""

    TOPIC: ClassVar[str] = "credits.CreditsWithdrawn"
    fingerprint: str
    lots: list[Slice]
    balance_after: int
    forgiven: int = 0
    reason: str | None = None

    def apply(self, aggregate: Wallet) -> None:
        aggregate.funds.remove(self.lots)
        aggregate.funds.debt -= self.forgiven


class WalletSuspended(WalletFact):
    """Holds and admissions are refused; usage that has happened is still recorded."""

    TOPIC: ClassVar[str] = "credits.WalletSuspended"
    fingerprint: str
    reason: str | None = None

    def apply(self, aggregate: Wallet) -> None:
        aggregate.suspended = True


class WalletResumed(WalletFact):
    """The wallet may be used again."""

    TOPIC: ClassVar[str] = "credits.WalletResumed"
    fingerprint: str
    reason: str | None = None

    def apply(self, aggregate: Wallet) -> None:
        aggregate.suspended = False


def adjust(
    wallet: Wallet, amount: int, at: datetime, *, fingerprint: str, reason: str | None
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
    check_admission(funds, -amount, now_us, wallet.asset)
    slices = list(funds.spendable(-amount, now_us))
    funds.remove(slices)
    wallet.record_due(due, at)
    wallet.trigger_event(
        CreditsWithdrawn,
        timestamp=at,
        fingerprint=fingerprint,
        lots=slices,
        balance_after=funds.balance,
        reason=reason,
    )


def zap(wallet: Wallet, at: datetime, *, fingerprint: str, reason: str | None) -> None:
    """Clear the balance: all that is left, effective or not, and the debt. Holds keep theirs."""
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    slices = [slice_at(lot.terms, lot.left, now_us) for lot in funds.lots if lot.left]
    if not slices and not funds.debt:
        raise Conflict("there is nothing to clear.", field="user")
    wallet.record_due(due, at)
    wallet.trigger_event(
        CreditsWithdrawn,
        timestamp=at,
        fingerprint=fingerprint,
        lots=slices,
        balance_after=funds.held,
        forgiven=funds.debt,
        reason=reason,
    )


def suspend(wallet: Wallet, at: datetime, *, fingerprint: str, reason: str | None) -> None:
    """Refuse holds and admissions from now on."""
    if wallet.suspended:
        raise Conflict("the wallet is suspended already.", field="user")
    wallet.fall_due(at)
    wallet.trigger_event(WalletSuspended, timestamp=at, fingerprint=fingerprint, reason=reason)


def resume(wallet: Wallet, at: datetime, *, fingerprint: str, reason: str | None) -> None:
    """Admit again."""
    if not wallet.suspended:
        raise Conflict("the wallet is not suspended.", field="user")
    wallet.fall_due(at)
    wallet.trigger_event(WalletResumed, timestamp=at, fingerprint=fingerprint, reason=reason)
