"""Corrections: what a person does by hand: `ReverseTransaction`, `AdjustCredits`, `ZapWallet`,
suspension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.credits.lookup import find_wallet, wallet_refs
from api.commands.credits.originals import Originals
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.credits.adjustments import CreditsAdjusted
from ledger.credits.cap_entries import caps_version_of
from ledger.credits.caps import counted_under
from ledger.credits.conversions import CreditsConverted
from ledger.credits.deposits import CreditsDeposited, CreditsGranted
from ledger.credits.facts import lines_of
from ledger.credits.lots import Lot
from ledger.credits.reversals import CreditReversed, UsageReversed
from ledger.credits.transactions import transactions_of, wallet_of
from ledger.credits.transfers import CreditsReceived
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.money import CREDIT, parse_amount
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class _Correction(KeyedCommand):
    """A command with a reason, which is an erasable text."""

    reason: Text | None

    @property
    def sealed(self) -> Text | None:
        return self.reason

    @property
    def digest(self) -> str | None:
        """What the fact holds of the reason."""
        return self.reason.digest if self.reason else None


@dataclass(frozen=True)
class ReverseTransaction(_Correction):
    """Take back a debit, a deposit or a grant, or a part; `amount` is as the caller wrote it."""

    sequence: int
    line: int
    amount: object = None

    operation: ClassVar[str] = "reverse"

    @property
    def original(self) -> str:
        """The id of the transaction."""
        return f"{self.sequence}-{self.line}"

    def person_of_text(self, unit: UnitOfWork) -> str:
        return transactions_of(self._fact(unit))[self.line].user

    def _fact(self, unit: UnitOfWork) -> Fact:
        fact = unit.fact_at(self.org, self.sequence)
        if fact is None or self.line >= len(transactions_of(fact)):
            raise NotFound("there is no transaction of that id.", field="id")
        return fact

    def effect(self, unit: UnitOfWork) -> PendingFact:
        fact, original = self._fact(unit), self.original
        owner, asset = wallet_of(fact)
        amount = None if self.amount is None else parse_amount(self.amount, asset, "amount")
        wallet = find_wallet(unit, self.org, owner, asset)
        at = unit.now(self.org)
        lines = lines_of(fact)
        originals = unit.state(Originals)
        done = originals.reversed_so_far(unit, self.org, original)
        if self.line < len(lines):
            line = lines[self.line]
            wallet.reverse_usage(
                original,
                line,
                amount,
                done,
                originals.losses(unit, wallet, [part.lot for part in line.lots]),
                lambda lot_id: lot_terms(unit, wallet, lot_id),
                at,
                fingerprint=self.fingerprint,
                reason=self.digest,
                counted=counted_under(line, caps_version_of(fact), fact.recorded_us),
            )
        elif isinstance(fact, CreditsDeposited | CreditsGranted):
            _check_purchase(fact)
            wallet.reverse_credit(
                original,
                fact.lot,
                isinstance(fact, CreditsGranted),
                amount,
                done,
                originals.losses(unit, wallet, [fact.lot.id])[fact.lot.id],
                at,
                fingerprint=self.fingerprint,
                reason=self.digest,
            )
        else:
            raise Invalid("only a debit, a deposit or a grant can be reversed.", field="id")
        return unit.record(wallet, self.actor, self.key)


@dataclass(frozen=True)
class AdjustCredits(_Correction):
    """Add or take credit; a negative amount never makes debt."""

    user: str
    amount: int
    asset: str = CREDIT

    operation: ClassVar[str] = "adjustments"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.user], self.asset)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        wallet = find_wallet(unit, self.org, self.user, self.asset)
        at = unit.now(self.org)
        wallet.adjust(self.amount, at, fingerprint=self.fingerprint, reason=self.digest)
        return unit.record(wallet, self.actor, self.key)


@dataclass(frozen=True)
class _WalletCorrection(_Correction):
    """A correction of one wallet in credits."""

    user: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return wallet_refs(self.org, [self.user])

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        wallet = find_wallet(unit, self.org, self.user)
        self.correct(wallet, unit)
        return unit.record(wallet, self.actor, self.key)

    def correct(self, wallet: Wallet, unit: UnitOfWork) -> None:
        """Do it."""
        raise NotImplementedError


@dataclass(frozen=True)
class ZapWallet(_WalletCorrection):
    """Clear the balance and the debt."""

    operation: ClassVar[str] = "zap"

    def correct(self, wallet: Wallet, unit: UnitOfWork) -> None:
        wallet.zap(unit.now(self.org), fingerprint=self.fingerprint, reason=self.digest)


@dataclass(frozen=True)
class SuspendWallet(_WalletCorrection):
    """Refuse admissions from now on."""

    operation: ClassVar[str] = "wallets/suspend"

    def correct(self, wallet: Wallet, unit: UnitOfWork) -> None:
        wallet.suspend(unit.now(self.org), fingerprint=self.fingerprint, reason=self.digest)


@dataclass(frozen=True)
class ResumeWallet(_WalletCorrection):
    """Admit again."""

    operation: ClassVar[str] = "wallets/resume"

    def correct(self, wallet: Wallet, unit: UnitOfWork) -> None:
        wallet.resume(unit.now(self.org), fingerprint=self.fingerprint, reason=self.digest)


def _check_purchase(fact: CreditsDeposited | CreditsGranted) -> None:
    """Refuse what would take credits and leave the money that they were bought with."""
    if isinstance(fact, CreditsDeposited) and fact.purchase is not None:
        raise Conflict(
            f"this is of the purchase {fact.purchase}: refund that, so that its money goes back.",
            field="id",
        )


def lot_terms(unit: UnitOfWork, wallet: Wallet, lot_id: str) -> Lot:
    """Return a lot's terms from the wallet, or, when it was used up, from the fact that granted
    it."""
    for lot in wallet.funds.lots:
        if lot.terms.id == lot_id:
            return lot.terms
    version, _, place = lot_id.partition("-")
    return _lots_of(unit.fact_of(wallet.id, int(version)))[int(place)]


def _lots_of(fact: Fact) -> list[Lot]:
    """Return the lots that a fact began: what came in, or what a reversal gave instead."""
    match fact:
        case CreditsReceived():
            return fact.lots
        case CreditsDeposited() | CreditsGranted() | CreditsAdjusted() | CreditsConverted():
            return [fact.lot]
        case UsageReversed(adjustment=Lot() as given) | CreditReversed(kept=Lot() as given):
            return [given]
    raise AssertionError(f"no lot was begun by {fact}")
