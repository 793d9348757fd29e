"""The wallet: a balance of one owner in one asset. Its table of contents: what it can decide.

Public methods decide and refuse; the facts' `apply` only assigns, so that a rule can change
without making stored history unreadable. What has fallen due is recorded before each decision.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from ledger.credits import adjustments, conversions, debits, deposits, holds, reversals, transfers
from ledger.credits.expiry import LotsExpired
from ledger.credits.facts import WalletFact, WalletOpened
from ledger.credits.funds import Due, Funds, total
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import wallet_id
from ledger.kernel.limits import CAPTURE_AFTER_EXPIRY_US
from ledger.kernel.times import microseconds


class WalletState(msgspec.Struct, omit_defaults=True):
    """All that a wallet remembers, as the balances row keeps it.

    `lapsed`: expired holds and until when they can be captured.
    """

    owner: str
    asset: str
    funds: Funds
    lapsed: dict[str, int] = {}
    suspended: bool = False


class Wallet(LedgerAggregate):
    """One owner's lots, holds and debt in one asset."""

    TOPIC: ClassVar[str] = "credits.Wallet"

    def __init__(self, owner: str, asset: str) -> None:
        self.owner = owner
        self.asset = asset
        self.funds = Funds()
        self.lapsed: dict[str, int] = {}
        self.suspended = False

    # -- facts -------------------------------------------------------------------------------

    Event = WalletFact
    WalletOpened = WalletOpened
    CreditsDeposited = deposits.CreditsDeposited
    CreditsGranted = deposits.CreditsGranted
    CreditsTookEffect = deposits.CreditsTookEffect
    LotsExpired = LotsExpired
    UsageRecorded = debits.UsageRecorded
    HoldPlaced = holds.HoldPlaced
    HoldExtended = holds.HoldExtended
    HoldCaptured = holds.HoldCaptured
    HoldReleased = holds.HoldReleased
    HoldExpired = holds.HoldExpired
    LapsedHoldCaptured = holds.LapsedHoldCaptured
    CreditsSent = transfers.CreditsSent
    CreditsReceived = transfers.CreditsReceived
    UsageReversed = reversals.UsageReversed
    CreditReversed = reversals.CreditReversed
    CreditsAdjusted = adjustments.CreditsAdjusted
    CreditsWithdrawn = adjustments.CreditsWithdrawn
    WalletSuspended = adjustments.WalletSuspended
    WalletResumed = adjustments.WalletResumed
    MoneyConverted = conversions.MoneyConverted
    CreditsConverted = conversions.CreditsConverted

    # -- decisions ---------------------------------------------------------------------------

    deposit = deposits.deposit
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

    @classmethod
    def open(cls, org: str, owner: str, asset: str, at: datetime) -> Wallet:
        """A wallet opens with its first transaction."""
        return cls._create(
            cls.WalletOpened,
            id=wallet_id(org, owner, asset),
            timestamp=at,
            owner=owner,
            asset=asset,
        )

    def trigger_event(self, event_class: type[Any], **kwargs: Any) -> None:
        """As every aggregate's; the fact also says what is not in effect yet after it."""
        super().trigger_event(event_class, **kwargs)
        pending = self.funds.pending(microseconds(kwargs["timestamp"]))
        if pending:
            vars(self._pending_events[-1])["pending_after"] = pending

    def fall_due(self, at: datetime) -> None:
        """Record what time has brought, when nothing else is decided."""
        self.record_due(self.funds.copy().fall_due(microseconds(at)), at)

    def record_due(self, due: Due, at: datetime) -> None:
        """Record what time had brought by this moment, computed on a copy of these funds."""
        if due.repaid or due.began:
            self.trigger_event(
                self.CreditsTookEffect, timestamp=at, repaid=due.repaid, began=due.began
            )
        for hold_id, returned in due.holds:
            hold = self.funds.holds[hold_id]
            self.trigger_event(
                self.HoldExpired,
                timestamp=at,
                hold=hold,
                returned=returned,
                balance_after=self.funds.balance - total(returned.expired),
                capturable_until_us=hold.expires_us + CAPTURE_AFTER_EXPIRY_US,
            )
        if due.expired:
            self.trigger_event(
                self.LotsExpired,
                timestamp=at,
                lots=due.expired,
                balance_after=self.funds.balance - total(due.expired),
            )

    # -- the balances row --------------------------------------------------------------------

    def snapshot(self) -> WalletState:
        """All that the wallet remembers, for as long as nothing is decided."""
        return WalletState(
            self.owner,
            self.asset,
            self.funds,
            self.lapsed,
            self.suspended,
        )

    def state(self) -> WalletState:
        """All that the wallet remembers; shares nothing that changes."""
        return WalletState(
            self.owner,
            self.asset,
            self.funds.copy(),
            dict(self.lapsed),
            self.suspended,
        )

    @classmethod
    def restore(cls, aggregate_id: str, version: int, at: datetime, state: WalletState) -> Wallet:
        """The wallet as its balances row remembers it."""
        wallet: Wallet = object.__new__(cls)
        wallet.__base_init__(aggregate_id, version, at)
        wallet.owner, wallet.asset, wallet.funds = state.owner, state.asset, state.funds
        wallet.lapsed, wallet.suspended = state.lapsed, state.suspended
        return wallet
