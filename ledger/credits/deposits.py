"""Deposits and grants: credit that comes in, as a lot; debt is paid first."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.credits.admission import check_lots, check_room
from ledger.credits.due import record_due
from ledger.credits.facts import WalletFact
from ledger.credits.funds import Funds
from ledger.credits.lot_expiry import LotsExpired, expiry_of
from ledger.credits.lots import Kind, Lot, Slice, Terms, total
from ledger.credits.one_time_grants import identity_key, occasion_key
from ledger.credits.wallet_base import WalletBase
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import wallet_names
from ledger.kernel.keys import KeyRow
from ledger.kernel.limits import OPEN_LOTS_MAX, RESTORED_LOTS_MAX
from ledger.kernel.times import microseconds


class CreditsDeposited(WalletFact):
    """Credits were bought. `repaid` of the lot went into the wallet's debt at once. `purchase`:
    whose money it was paid with; `is_locked`: it may not be transferred before that was reviewed.
    """

    TOPIC: ClassVar[str] = "credits.CreditsDeposited"
    fingerprint: str
    lot: Lot
    balance_after: int
    repaid: int = 0
    reference: str | None = None
    purchase: str | None = None
    is_locked: bool = False

    def apply(self, aggregate: WalletBase) -> None:
        receive(aggregate.funds, self.lot, self.repaid)
        if self.is_locked:
            aggregate.funds.locked = [*aggregate.funds.locked, self.lot.id]


class CreditsUnlocked(WalletFact):
    """What was bought may be transferred: its purchase was reviewed."""

    TOPIC: ClassVar[str] = "credits.CreditsUnlocked"
    purchase: str
    lot: str

    def apply(self, aggregate: WalletBase) -> None:
        aggregate.funds.locked = [each for each in aggregate.funds.locked if each != self.lot]


class CreditsGranted(Reasoned, WalletFact):
    """Credits were given. `reason` is the salted digest of an erasable text.

    `occasion`: what is given only once, as `ledger/credits/one_time_grants.py` names it, and to
    which `identity`, by its salted digest. `is_of_plan`: they came with a subscription.
    """

    TOPIC: ClassVar[str] = "credits.CreditsGranted"
    fingerprint: str
    lot: Lot
    balance_after: int
    repaid: int = 0
    reason: str | None = None
    occasion: str | None = None
    identity: str | None = None
    is_of_plan: bool = False

    def apply(self, aggregate: WalletBase) -> None:
        receive(aggregate.funds, self.lot, self.repaid)

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        keys = super().keys(org, command, sequence)
        if self.occasion is not None:
            owner, _ = wallet_names(self.originator_id)
            key = occasion_key(org, owner, self.occasion)
            keys.append(KeyRow(key, sequence, 0, self.fingerprint))
        if self.identity is not None:
            key = identity_key(org, self.identity)
            keys.append(KeyRow(key, sequence, 0, self.fingerprint))
        return keys


def deposit(
    wallet: WalletBase,
    terms: Terms,
    at: datetime,
    *,
    fingerprint: str,
    reference: str | None = None,
    purchase: str | None = None,
    is_locked: bool = False,
) -> Lot:
    """Record bought credits and return their lot; debt is paid first. Money that has come in finds
    a place also in a wallet of many lots."""
    lot = admit(wallet, terms, at, RESTORED_LOTS_MAX if purchase else OPEN_LOTS_MAX)
    wallet.trigger_event(
        CreditsDeposited,
        timestamp=at,
        fingerprint=fingerprint,
        lot=lot,
        balance_after=wallet.funds.balance + lot.amount,
        repaid=repayment(wallet.funds, lot, at),
        reference=reference,
        purchase=purchase,
        is_locked=is_locked,
    )
    return lot


def unlock(wallet: WalletBase, purchase: str, lot: str, at: datetime) -> None:
    """Let a lot be transferred that might not be."""
    if lot in wallet.funds.locked:
        record_due(wallet, wallet.funds.copy().fall_due(microseconds(at)), at)
        wallet.trigger_event(CreditsUnlocked, timestamp=at, purchase=purchase, lot=lot)


def grant(
    wallet: WalletBase,
    terms: Terms,
    at: datetime,
    *,
    fingerprint: str,
    reason: str | None = None,
    occasion: str | None = None,
    identity: str | None = None,
    is_of_plan: bool = False,
) -> Lot:
    """Record given credits and return their lot; debt is paid first, at the effective time. Those
    of a plan find a place also in a wallet of many lots: they are paid for."""
    lot = admit(wallet, terms, at, RESTORED_LOTS_MAX if is_of_plan else OPEN_LOTS_MAX)
    wallet.trigger_event(
        CreditsGranted,
        timestamp=at,
        fingerprint=fingerprint,
        lot=lot,
        balance_after=wallet.funds.balance + lot.amount,
        repaid=repayment(wallet.funds, lot, at),
        reason=reason,
        occasion=occasion,
        identity=identity,
        is_of_plan=is_of_plan,
    )
    return lot


def admit(wallet: WalletBase, terms: Terms, at: datetime, lots_limit: int = OPEN_LOTS_MAX) -> Lot:
    """Check a new lot, record what has fallen due, and answer the lot."""
    now_us = microseconds(at)
    funds = wallet.funds.copy()
    due = funds.fall_due(now_us)
    check_room(funds, terms.amount, wallet.asset)
    check_lots(funds, limit=lots_limit)
    effective_us = now_us if terms.effective_us is None else terms.effective_us
    expires_us = expiry_of(terms, effective_us)
    if expires_us is not None and expires_us <= max(now_us, effective_us):
        at_fault = "expires_at" if terms.period_end_us is None else "period_end"
        raise Invalid(
            "expires_at must be in the future and after effective_at."
            if terms.period_end_us is None
            else "period_end must be less than 90 days ago, and than that before effective_at.",
            field=at_fault,
        )
    record_due(wallet, due, at)
    if terms.kind is Kind.FREE and effective_us <= now_us:
        _reset_free(wallet, at)
    return Lot(
        id=f"{wallet.version + 1}-0",
        kind=terms.kind,
        amount=terms.amount,
        effective_us=effective_us,
        expires_us=expires_us,
        priority=terms.priority,
        paid=terms.paid,
        resets=terms.kind is Kind.FREE and effective_us > now_us,
    )


def _reset_free(wallet: WalletBase, at: datetime) -> None:
    slices = wallet.funds.copy().reset_free(microseconds(at))
    if slices:
        wallet.trigger_event(
            LotsExpired,
            timestamp=at,
            lots=slices,
            balance_after=wallet.funds.balance - total(slices),
        )


def repayment(funds: Funds, lot: Lot, at: datetime) -> int:
    """Return what a new lot pays of the debt at once."""
    return min(funds.debt, lot.amount) if lot.spendable_at(microseconds(at)) else 0


def receive(funds: Funds, lot: Lot, repaid: int) -> None:
    """Put a lot in its place, and pay debt with a part of it."""
    funds.add(lot)
    if repaid:
        funds.repay([Slice(lot.id, lot.kind, repaid, lot.expires_us)])
