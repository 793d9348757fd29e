"""The wallet: a balance of one owner in one asset. Its table of contents: what it can decide.

Public methods decide and refuse; the facts' `apply` only assigns, so that a rule can change
without making stored history unreadable. What has fallen due is recorded before each decision.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits import (
    adjustments,
    conversions,
    credit_line,
    debits,
    deposits,
    due,
    hold_expiry,
    holds,
    invoiced_debt,
    lot_expiry,
    recharge_level,
    refunds,
    reversals,
    suspensions,
    take_backs,
    transfers,
)
from ledger.credits.facts import WalletFact, WalletOpened
from ledger.credits.funds import Funds
from ledger.credits.ports import BalanceRow
from ledger.credits.usage_movement import apply_usage
from ledger.credits.wallet_base import WalletBase, is_suspended
from ledger.kernel.aggregate import Archivable
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import WALLETS, split_stream_id, wallet_id

_encode_state = msgspec.json.Encoder().encode


class WalletState(msgspec.Struct, omit_defaults=True):
    """All that a wallet remembers, as the balances row keeps it.

    `lapsed`: expired holds and until when they can be captured. `suspended`: by a person;
    `disputes`: by these. `recharge_below`: less than this to spend, and credit is bought.
    `credit_line`: how far beyond its credit work may begin; `line_mark`: the debt at which there is
    something to do.
    """

    owner: str
    asset: str
    funds: Funds
    lapsed: dict[str, int] = {}
    suspended: bool = False
    disputes: list[str] = []
    recharge_below: int = 0
    credit_line: int = 0
    line_mark: int = 0

    @property
    def is_suspended(self) -> bool:
        """Whether anything suspends it."""
        return is_suspended(self.suspended, self.disputes, self.funds)


decode_state = decoder(WalletState)
"""Reads the stored form of what a wallet remembers."""


class Wallet(WalletBase):
    """One owner's lots, holds and debt in one asset."""

    TOPIC: ClassVar[str] = "credits.Wallet"
    STREAM: ClassVar[str] = WALLETS
    ARCHIVABLE: ClassVar[Archivable] = Archivable.ALWAYS
    State = WalletState

    MOVES: ClassVar = {debits.UsageRecorded.TOPIC: apply_usage}

    def __init__(self, owner: str, asset: str) -> None:
        super().__init__(owner, asset)  # the library makes a dataclass of a class without one

    # -- facts -------------------------------------------------------------------------------

    Event = WalletFact
    WalletOpened = WalletOpened
    CreditsDeposited = deposits.CreditsDeposited
    CreditsUnlocked = deposits.CreditsUnlocked
    CreditsGranted = deposits.CreditsGranted
    CreditsTookEffect = due.CreditsTookEffect
    LotsExpired = lot_expiry.LotsExpired
    UsageRecorded = debits.UsageRecorded
    HoldPlaced = holds.HoldPlaced
    HoldExtended = holds.HoldExtended
    HoldCaptured = holds.HoldCaptured
    HoldReleased = holds.HoldReleased
    HoldExpired = hold_expiry.HoldExpired
    LapsedHoldCaptured = holds.LapsedHoldCaptured
    CreditsSent = transfers.CreditsSent
    CreditsReceived = transfers.CreditsReceived
    UsageReversed = reversals.UsageReversed
    CreditReversed = reversals.CreditReversed
    CreditsAdjusted = adjustments.CreditsAdjusted
    CreditsWithdrawn = adjustments.CreditsWithdrawn
    WalletSuspended = suspensions.WalletSuspended
    WalletResumed = suspensions.WalletResumed
    CreditsSetAside = refunds.CreditsSetAside
    CreditsRefunded = refunds.CreditsRefunded
    CreditsPutBack = refunds.CreditsPutBack
    RechargeLevelSet = recharge_level.RechargeLevelSet
    CreditLineSet = credit_line.CreditLineSet
    DebtInvoiced = invoiced_debt.DebtInvoiced
    DebtRestored = invoiced_debt.DebtRestored
    CreditsTakenBack = take_backs.CreditsTakenBack
    CreditsRestored = take_backs.CreditsRestored
    MoneyConverted = conversions.MoneyConverted
    CreditsConverted = conversions.CreditsConverted

    # -- decisions ---------------------------------------------------------------------------

    deposit = deposits.deposit
    unlock = deposits.unlock
    grant = deposits.grant
    draft = debits.draft
    record = debits.record
    place_hold = holds.place_hold
    extend_hold = holds.extend_hold
    release_hold = holds.release_hold
    capture_hold = holds.capture_hold
    send = transfers.send
    reverse_usage = reversals.reverse_usage
    reverse_credit = reversals.reverse_credit
    adjust = adjustments.adjust
    zap = adjustments.zap
    suspend = adjustments.suspend
    resume = adjustments.resume
    convert = conversions.convert
    left_of = refunds.left_of
    set_aside = refunds.set_aside
    let_go = refunds.let_go
    put_back = refunds.put_back
    take_back = take_backs.take_back
    restore_taken = take_backs.restore
    suspend_disputed = suspensions.suspend_disputed
    resume_disputed = suspensions.resume_disputed
    suspend_unpaid = suspensions.suspend_unpaid
    resume_unpaid = suspensions.resume_unpaid
    set_recharge_level = recharge_level.set_recharge_level
    set_credit_line = credit_line.set_credit_line
    is_at_mark = credit_line.is_at_mark
    debt_to_invoice = invoiced_debt.debt_to_invoice
    invoice_debt = invoiced_debt.invoice_debt
    restore_debt = invoiced_debt.restore_debt
    fall_due = due.fall_due
    record_due = due.record_due

    @classmethod
    def open(cls, org: str, owner: str, asset: str, at: datetime) -> Wallet:
        """Open a wallet: it does so with its first transaction."""
        return cls._create(
            cls.WalletOpened,
            id=wallet_id(org, owner, asset),
            timestamp=at,
            owner=owner,
            asset=asset,
        )

    # -- the balances row --------------------------------------------------------------------

    def balance(self, sequence: int) -> BalanceRow:
        org, _ = split_stream_id(self.id)
        funds = self.funds
        return BalanceRow(
            org,
            self.owner,
            self.asset,
            self.version,
            sequence,
            funds.credits,
            funds.held,
            funds.debt,
            self.stored_state(),
        )

    def stored_state(self) -> str:
        """Return all that the wallet remembers, in its stored form."""
        return _encode_state(self.snapshot()).decode()

    def snapshot(self) -> WalletState:
        """Return all that the wallet remembers, for as long as nothing is decided."""
        return WalletState(
            self.owner,
            self.asset,
            self.funds,
            self.lapsed,
            self.suspended,
            self.disputes,
            self.recharge_below,
            self.credit_line,
            self.line_mark,
        )

    def state(self) -> WalletState:
        """Return all that the wallet remembers; shares nothing that changes."""
        return WalletState(
            self.owner,
            self.asset,
            self.funds.copy(),
            dict(self.lapsed),
            self.suspended,
            self.disputes,
            self.recharge_below,
            self.credit_line,
            self.line_mark,
        )

    @classmethod
    def restore(cls, aggregate_id: str, version: int, at: datetime, state: WalletState) -> Wallet:
        """Return the wallet as its balances row remembers it."""
        wallet: Wallet = object.__new__(cls)
        wallet.__base_init__(aggregate_id, version, at)
        wallet.owner, wallet.asset, wallet.funds = state.owner, state.asset, state.funds
        wallet.lapsed, wallet.suspended = state.lapsed, state.suspended
        wallet.disputes, wallet.recharge_below = state.disputes, state.recharge_below
        wallet.credit_line, wallet.line_mark = state.credit_line, state.line_mark
        return wallet
