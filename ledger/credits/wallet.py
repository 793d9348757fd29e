"""The wallet: a balance of one owner in one asset, and the facts that move it.

Public methods decide and refuse; the facts' `apply` only assigns, so that a rule can change
without making stored history unreadable. What has fallen due is recorded before each decision.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.funds import Funds
from ledger.credits.lots import Kind, Lot, Paid, Slice
from ledger.credits.usage import Charge, Line, line_of
from ledger.kernel.errors import InsufficientCredits, Invalid
from ledger.kernel.events import Fact, FirstFact, LedgerAggregate
from ledger.kernel.ids import wallet_id
from ledger.kernel.limits import AMOUNT_MAX, LINES_PER_EVENT_MAX, PRIORITY_DEFAULT
from ledger.kernel.money import format_amount
from ledger.kernel.times import microseconds


class WalletState(msgspec.Struct, omit_defaults=True):
    """All that a wallet remembers, as the balances row keeps it."""

    owner: str
    asset: str
    funds: Funds


class Terms(msgspec.Struct, frozen=True):
    """What a caller asks of a new lot; times in microseconds."""

    kind: Kind
    amount: int
    effective_us: int | None = None
    expires_us: int | None = None
    priority: int = PRIORITY_DEFAULT
    paid: Paid | None = None


class Wallet(LedgerAggregate):
    """One owner's lots and debt in one asset."""

    TOPIC: ClassVar[str] = "credits.Wallet"

    def __init__(self, owner: str, asset: str) -> None:
        self.owner = owner
        self.asset = asset
        self.funds = Funds()

    # -- facts -------------------------------------------------------------------------------

    class Event(Fact):
        """Base of a wallet's facts."""

    class WalletOpened(Event, FirstFact):
        """The wallet's first transaction is about to follow."""

        TOPIC: ClassVar[str] = "credits.WalletOpened"
        owner: str
        asset: str

    class CreditsDeposited(Event):
        """Credits were bought. `repaid` of the lot went into the wallet's debt at once."""

        TOPIC: ClassVar[str] = "credits.CreditsDeposited"
        fingerprint: str
        lot: Lot
        balance_after: int
        repaid: int = 0
        reference: str | None = None

        def apply(self, aggregate: Wallet) -> None:
            _receive(aggregate.funds, self.lot, self.repaid)

    class CreditsGranted(Event):
        """Credits were given. `reason` is the salted digest of an erasable text."""

        TOPIC: ClassVar[str] = "credits.CreditsGranted"
        fingerprint: str
        lot: Lot
        balance_after: int
        repaid: int = 0
        reason: str | None = None

        def apply(self, aggregate: Wallet) -> None:
            _receive(aggregate.funds, self.lot, self.repaid)

    class UsageRecorded(Event):
        """Metered work was done and charged: 1 to 1,000 lines of one command."""

        TOPIC: ClassVar[str] = "credits.UsageRecorded"
        lines: list[Line]

        def apply(self, aggregate: Wallet) -> None:
            for line in self.lines:
                aggregate.funds.remove(line.lots)
                aggregate.funds.debt += line.debt

    class CreditsTookEffect(Event):
        """Lots reached their effective time and paid debt that had been waiting."""

        TOPIC: ClassVar[str] = "credits.CreditsTookEffect"
        repaid: list[Slice]

        def apply(self, aggregate: Wallet) -> None:
            aggregate.funds.repay(self.repaid)

    class LotsExpired(Event):
        """What was left of lots at their expiry is gone."""

        TOPIC: ClassVar[str] = "credits.LotsExpired"
        lots: list[Slice]
        balance_after: int

        def apply(self, aggregate: Wallet) -> None:
            aggregate.funds.remove(self.lots)

    # -- decisions ---------------------------------------------------------------------------

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

    def deposit(
        self, terms: Terms, at: datetime, *, fingerprint: str, reference: str | None = None
    ) -> None:
        """Record bought credits; debt is paid first."""
        lot, repaid, balance = self._admit(terms, at)
        self.trigger_event(
            self.CreditsDeposited,
            timestamp=at,
            fingerprint=fingerprint,
            lot=lot,
            balance_after=balance,
            repaid=repaid,
            reference=reference,
        )

    def grant(
        self, terms: Terms, at: datetime, *, fingerprint: str, reason: str | None = None
    ) -> None:
        """Record given credits; debt is paid first, at the effective time."""
        lot, repaid, balance = self._admit(terms, at)
        self.trigger_event(
            self.CreditsGranted,
            timestamp=at,
            fingerprint=fingerprint,
            lot=lot,
            balance_after=balance,
            repaid=repaid,
            reason=reason,
        )

    def draft(self, at: datetime) -> UsageDraft:
        """Begin to charge usage; nothing is recorded before `record`."""
        return UsageDraft(self.funds.copy(), microseconds(at), self.asset)

    def record(self, draft: UsageDraft, at: datetime) -> None:
        """Record the lines of a draft made at this moment from this state."""
        if draft.lines:
            self._record_due(*draft.due, at)
            self.trigger_event(self.UsageRecorded, timestamp=at, lines=draft.lines)

    def fall_due(self, at: datetime) -> None:
        """Record what time has brought: lots that take effect on debt, lots that expire."""
        due = self.funds.copy().fall_due(microseconds(at))
        self._record_due(*due, at)

    # -- parts of decisions ------------------------------------------------------------------

    def _admit(self, terms: Terms, at: datetime) -> tuple[Lot, int, int]:
        """Check and shape a new lot; answer it, the debt it pays and the balance after."""
        now_us = microseconds(at)
        funds = self.funds.copy()
        due = funds.fall_due(now_us)
        if funds.credits + terms.amount > AMOUNT_MAX:
            raise Invalid(
                "amount would take the balance over what the ledger can hold, "
                f"{format_amount(AMOUNT_MAX, self.asset)} {self.asset}.",
                field="amount",
            )
        effective_us = now_us if terms.effective_us is None else terms.effective_us
        if terms.expires_us is not None and terms.expires_us <= max(now_us, effective_us):
            raise Invalid(
                "expires_at must be in the future and after effective_at.", field="expires_at"
            )
        self._record_due(*due, at)
        lot = Lot(
            id=f"{self.version + 1}-0",
            kind=terms.kind,
            amount=terms.amount,
            effective_us=effective_us,
            expires_us=terms.expires_us,
            priority=terms.priority,
            paid=terms.paid,
        )
        repaid = min(self.funds.debt, lot.amount) if lot.spendable_at(now_us) else 0
        return lot, repaid, self.funds.balance + lot.amount

    def _record_due(self, repaid: list[Slice], expired: list[Slice], at: datetime) -> None:
        if repaid:
            self.trigger_event(self.CreditsTookEffect, timestamp=at, repaid=repaid)
        if expired:
            balance = self.funds.balance - sum(part.amount for part in expired)
            self.trigger_event(self.LotsExpired, timestamp=at, lots=expired, balance_after=balance)

    # -- the balances row --------------------------------------------------------------------

    def state(self) -> WalletState:
        """All that the wallet remembers; shares nothing that changes."""
        return WalletState(self.owner, self.asset, self.funds.copy())

    @classmethod
    def restore(cls, aggregate_id: str, version: int, at: datetime, state: WalletState) -> Wallet:
        """The wallet as its balances row remembers it."""
        wallet: Wallet = object.__new__(cls)
        wallet.__base_init__(aggregate_id, version, at)
        wallet.owner, wallet.asset, wallet.funds = state.owner, state.asset, state.funds
        return wallet


class UsageDraft:
    """Lines being charged, in order, against a copy of a wallet's funds."""

    def __init__(self, funds: Funds, now_us: int, asset: str) -> None:
        self.funds = funds
        self.now_us = now_us
        self.asset = asset
        self.due = funds.fall_due(now_us)
        self.lines: list[Line] = []

    def charge(self, charge: Charge) -> int:
        """Charge one use and answer its place among the lines.

        Usage is a fact: it is charged even below zero, unless the caller asked to be refused.
        """
        if len(self.lines) == LINES_PER_EVENT_MAX:
            raise Invalid(f"one event holds at most {LINES_PER_EVENT_MAX} lines.", field="items")
        if charge.reject:
            self._check_available(charge.amount)
        if self.funds.debt + charge.amount > AMOUNT_MAX:
            raise Invalid(
                "amount would take the debt over what the ledger can hold.", field="amount"
            )
        slices, shortfall = self.funds.spend(charge.amount, self.now_us)
        self.lines.append(line_of(charge, slices, shortfall, self.funds.balance))
        return len(self.lines) - 1

    def _check_available(self, required: int) -> None:
        available = self.funds.available(self.now_us)
        if available < required or self.funds.debt:
            missing = required + self.funds.debt - available
            raise InsufficientCredits(
                f"{format_amount(missing, self.asset)} {self.asset} are missing: "
                "add credit and send the same again.",
                available=format_amount(available, self.asset),
                required=format_amount(required, self.asset),
                missing=format_amount(missing, self.asset),
            )


def _receive(funds: Funds, lot: Lot, repaid: int) -> None:
    funds.add(lot)
    if repaid:
        funds.repay([Slice(lot.id, lot.kind, repaid, lot.expires_us)])
