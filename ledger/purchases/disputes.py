"""Disputes of a purchase: while a bank decides, its credits are taken and the wallet suspended."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.take_backs import Cause, Taken
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import Reasoned
from ledger.kernel.errors import Conflict, NotFound
from ledger.purchases.notice import DisputeChanged, DisputeState, Money
from ledger.purchases.purchase_base import Dispute, Flag, PurchaseBase, PurchaseFact
from ledger.purchases.refunds import restore, share_of, take_back
from ledger.purchases.reviews import flag


class DisputeOpened(PurchaseFact):
    """The buyer's bank asks the money back: `credits` were taken from the wallet. `reason` is the
    provider's word."""

    TOPIC: ClassVar[str] = "purchases.DisputeOpened"
    dispute: str
    user: str
    provider: str
    money: Money
    reason_code: str
    credits: int
    taken: Taken
    evidence_due_us: int | None = None

    def apply(self, aggregate: PurchaseBase) -> None:
        opened = Dispute(self.money.amount, DisputeState.OPEN, self.taken)
        aggregate.disputes = {**aggregate.disputes, self.dispute: opened}

    def person(self, subject: str) -> str:
        return self.user


class DisputeEvidenceSent(Reasoned, PurchaseFact):
    """What speaks against it is to be handed in: `reason` is the salted digest of its texts; none:
    what is compiled of what is recorded here."""

    TOPIC: ClassVar[str] = "purchases.DisputeEvidenceSent"
    fingerprint: str
    dispute: str
    user: str
    reason: str | None = None

    def apply(self, aggregate: PurchaseBase) -> None:
        known = aggregate.disputes[self.dispute]
        sent = msgspec.structs.replace(known, evidence=known.evidence + 1)
        aggregate.disputes = {**aggregate.disputes, self.dispute: sent}

    def person(self, subject: str) -> str:
        return self.user


class DisputeEvidenceTaken(Reasoned, PurchaseFact):
    """The provider has taken it: `reason` is the salted digest of the texts that it was given."""

    TOPIC: ClassVar[str] = "purchases.DisputeEvidenceTaken"
    dispute: str
    user: str
    reason: str

    def person(self, subject: str) -> str:
        return self.user


class _DisputeEnded(PurchaseFact):
    """The bank has decided."""

    STATE: ClassVar[DisputeState]
    dispute: str
    provider: str
    money: Money

    def apply(self, aggregate: PurchaseBase) -> None:
        known = aggregate.disputes.get(self.dispute)
        ended = Dispute(
            self.money.amount,
            self.STATE,
            known.taken if known else Taken(),
            known.evidence if known else 0,
        )
        aggregate.disputes = {**aggregate.disputes, self.dispute: ended}


class DisputeWon(_DisputeEnded):
    """The money is ours. `was_open`: it was known to us before, and had taken credits."""

    TOPIC: ClassVar[str] = "purchases.DisputeWon"
    STATE: ClassVar[DisputeState] = DisputeState.WON
    was_open: bool = True


class DisputeLost(_DisputeEnded):
    """The money is the buyer's."""

    TOPIC: ClassVar[str] = "purchases.DisputeLost"
    STATE: ClassVar[DisputeState] = DisputeState.LOST


def hear_dispute(
    purchase: PurchaseBase,
    wallet: Wallet,
    told: DisputeChanged,
    at: datetime,
    notice: str | None = None,
) -> None:
    """Take in where a dispute is: it is opened once, and once decided it stays so."""
    known = purchase.disputes.get(told.dispute)
    if told.money.currency != purchase.money.currency:
        flag(purchase, Flag.OTHER_MONEY, at, money=told.money, notice=notice)
    elif told.state is DisputeState.OPEN:
        if known is None:
            _open(purchase, wallet, told, at, notice)
    elif known is None or known.state is DisputeState.OPEN:
        _end(purchase, wallet, told, at, notice)


def send_evidence(
    purchase: PurchaseBase, dispute: str, at: datetime, *, fingerprint: str, reason: str | None
) -> None:
    """Record what is handed in against a dispute that is open."""
    known = purchase.disputes.get(dispute)
    if known is None:
        raise NotFound("there is no dispute of that id.", field="id")
    if known.state is not DisputeState.OPEN:
        raise Conflict(f"the dispute is {known.state}: nothing can be handed in.", field="id")
    purchase.trigger_event(
        DisputeEvidenceSent,
        timestamp=at,
        fingerprint=fingerprint,
        dispute=dispute,
        user=purchase.user,
        reason=reason,
    )


def evidence_taken(
    purchase: PurchaseBase, dispute: str, at: datetime, *, reason: str, notice: str
) -> None:
    """Record that the provider has what speaks against a dispute; `notice`: which time it was."""
    purchase.trigger_event(
        DisputeEvidenceTaken,
        timestamp=at,
        dispute=dispute,
        user=purchase.user,
        reason=reason,
        notice=notice,
    )


def _open(
    purchase: PurchaseBase,
    wallet: Wallet,
    told: DisputeChanged,
    at: datetime,
    notice: str | None,
) -> None:
    credits = share_of(purchase, told.money.amount) if purchase.lot else 0
    taken = take_back(purchase, wallet, Cause.DISPUTE, told.dispute, credits, at)
    wallet.suspend_disputed(told.dispute, at)
    purchase.trigger_event(
        DisputeOpened,
        timestamp=at,
        dispute=told.dispute,
        user=purchase.user,
        provider=purchase.provider,
        money=told.money,
        reason_code=told.reason,
        credits=credits,
        taken=taken,
        evidence_due_us=told.evidence_due_us,
        notice=notice,
    )


def _end(
    purchase: PurchaseBase,
    wallet: Wallet,
    told: DisputeChanged,
    at: datetime,
    notice: str | None,
) -> None:
    is_won = told.state is DisputeState.WON
    was_open = told.dispute in purchase.disputes
    if not was_open and not is_won:
        _open(purchase, wallet, told, at, None)
    known = purchase.disputes.get(told.dispute)
    if known is not None and is_won:
        restore(purchase, wallet, Cause.DISPUTE, told.dispute, known.taken, at)
    elif known is not None and known.taken.debt:
        wallet.suspend_unpaid(told.dispute, at)
    wallet.resume_disputed(told.dispute, at)
    purchase.trigger_event(
        DisputeWon if is_won else DisputeLost,
        timestamp=at,
        dispute=told.dispute,
        provider=purchase.provider,
        money=told.money,
        notice=notice,
        **({"was_open": was_open} if is_won else {}),
    )
