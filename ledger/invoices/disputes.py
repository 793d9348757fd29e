"""Disputes of an invoice: while a bank decides whose the money of a payment is, it is put aside,
what is left of its credits is away, and the wallet suspended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from ledger.credits.take_backs import Cause, Taken
from ledger.credits.wallet import Wallet
from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact
from ledger.invoices.returns import (
    Brought,
    Dispute,
    credits_of,
    give_credits_back,
    known_dispute,
    take_credits,
)
from ledger.purchases.notice import DisputeChanged, DisputeState


class PaymentDisputed(InvoiceFact):
    """The payer's bank asks the money of a payment back. `reason_code` is the provider's word,
    `taken`: credits that are away until it is decided."""

    TOPIC: ClassVar[str] = "invoices.PaymentDisputed"
    user: str
    currency: str
    dispute: str
    payment: str
    amount: int
    reason_code: str
    taken: Taken
    evidence_due_us: int | None = None

    def apply(self, aggregate: InvoiceBase) -> None:
        opened = Dispute(
            id=self.dispute,
            payment=self.payment,
            amount=self.amount,
            state=DisputeState.OPEN,
            reason=self.reason_code,
            evidence_due_us=self.evidence_due_us,
            taken=self.taken,
        )
        aggregate.becomes(disputes=[*aggregate.invoice.disputes, opened])

    def person(self, subject: str) -> str:
        return self.user


class _DisputeEnded(InvoiceFact):
    """The bank has decided."""

    STATE: ClassVar[DisputeState]
    user: str
    currency: str
    dispute: str
    payment: str
    amount: int

    def apply(self, aggregate: InvoiceBase) -> None:
        disputes = aggregate.invoice.disputes
        known = known_dispute(disputes, self.dispute)
        ended = Dispute(
            id=self.dispute,
            payment=self.payment,
            amount=self.amount,
            state=self.STATE,
            reason=known.reason if known else "",
            evidence_due_us=known.evidence_due_us if known else None,
            taken=known.taken if known else Taken(),
        )
        if known is None:
            disputes = [*disputes, ended]
        aggregate.becomes(disputes=[ended if each is known else each for each in disputes])

    def person(self, subject: str) -> str:
        return self.user


class PaymentDisputeWon(_DisputeEnded):
    """The money is ours. `was_open`: it was known to us before, and had been put aside; `credits`
    came back with it."""

    TOPIC: ClassVar[str] = "invoices.PaymentDisputeWon"
    STATE: ClassVar[DisputeState] = DisputeState.WON
    was_open: bool = True
    credits: int = 0


class PaymentDisputeLost(_DisputeEnded):
    """The money is the payer's."""

    TOPIC: ClassVar[str] = "invoices.PaymentDisputeLost"
    STATE: ClassVar[DisputeState] = DisputeState.LOST


def hear_dispute(
    invoice: InvoiceBase, wallet: Wallet, brought: Brought, told: DisputeChanged, at: datetime
) -> None:
    """Take in where a dispute is: it is opened once, and once decided it stays so."""
    state = invoice.invoice
    known = known_dispute(state.disputes, told.dispute)
    if known is not None and known.state is not DisputeState.OPEN:
        return
    if told.state is not DisputeState.WON and known is None:
        _open(invoice, wallet, brought, told, at)
    if told.state is not DisputeState.OPEN:
        _end(invoice, wallet, told, at)


def _open(
    invoice: InvoiceBase, wallet: Wallet, brought: Brought, told: DisputeChanged, at: datetime
) -> None:
    taken = take_credits(
        wallet,
        invoice.id_in_org,
        brought,
        Cause.DISPUTE,
        told.dispute,
        told.money.amount,
        invoice.invoice.total,
        at,
    )
    wallet.suspend_disputed(told.dispute, at)
    invoice.trigger_event(
        PaymentDisputed,
        timestamp=at,
        reason_code=told.reason,
        taken=taken,
        evidence_due_us=told.evidence_due_us,
        **_fields(invoice, told),
    )


def _end(invoice: InvoiceBase, wallet: Wallet, told: DisputeChanged, at: datetime) -> None:
    state, is_won = invoice.invoice, told.state is DisputeState.WON
    known = known_dispute(state.disputes, told.dispute)
    taken = known.taken if known is not None and is_won else Taken()
    give_credits_back(wallet, invoice.id_in_org, Cause.DISPUTE, told.dispute, taken, at)
    wallet.resume_disputed(told.dispute, at)
    fields = _fields(invoice, told)
    if is_won:
        fields |= {"was_open": known is not None, "credits": credits_of(taken)}
    kind = PaymentDisputeWon if is_won else PaymentDisputeLost
    invoice.trigger_event(kind, timestamp=at, **fields)


def _fields(invoice: InvoiceBase, told: DisputeChanged) -> dict[str, Any]:
    draft = invoice.invoice.draft
    return {
        "user": draft.user,
        "currency": draft.currency,
        "dispute": told.dispute,
        "payment": told.payment,
        "amount": told.money.amount,
    }
