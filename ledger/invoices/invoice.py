"""The invoice: what a payer owes for its lines, from its draft to its payment. Its table of
contents: what it can decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.credits.wallet import Wallet
from ledger.invoices import (
    credit_notes,
    disputes,
    documents,
    endings,
    fees,
    issuing,
    payments,
    refunds,
)
from ledger.invoices.invoice_base import InvoiceBase, InvoiceFact
from ledger.invoices.item import Draft, check_draft
from ledger.invoices.returns import Brought
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.limits import NET_DAYS_MAX
from ledger.kernel.rows import TableRow
from ledger.purchases.notice import DisputeChanged, RefundChanged

INVOICE_STREAM = "invoice"


class Invoice(InvoiceBase):
    """One invoice, with its payments and credit notes."""

    TOPIC: ClassVar[str] = "invoices.Invoice"
    STREAM: ClassVar[str] = f"{INVOICE_STREAM}/"

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)

    # -- facts -------------------------------------------------------------------------------

    Event = InvoiceFact
    InvoiceDrafted = issuing.InvoiceDrafted
    DraftChanged = issuing.DraftChanged
    InvoiceIssued = issuing.InvoiceIssued
    PaymentApplied = payments.PaymentApplied
    InvoicePaid = payments.InvoicePaid
    CreditNoteIssued = credit_notes.CreditNoteIssued
    PaymentRefunded = refunds.PaymentRefunded
    PaymentRefundFailed = refunds.PaymentRefundFailed
    PaymentDisputed = disputes.PaymentDisputed
    PaymentDisputeWon = disputes.PaymentDisputeWon
    PaymentDisputeLost = disputes.PaymentDisputeLost
    PaymentFeeRecorded = fees.PaymentFeeRecorded
    InvoiceVoided = endings.InvoiceVoided
    InvoiceWrittenOff = endings.InvoiceWrittenOff
    DocumentKept = documents.DocumentKept
    DocumentSendAsked = documents.DocumentSendAsked
    InvoiceSent = documents.InvoiceSent

    # -- decisions ---------------------------------------------------------------------------

    change = issuing.change
    issue = issuing.issue
    apply_payment = payments.apply_payment
    settle = payments.settle
    totals_of = credit_notes.totals_of
    left_of_lines = credit_notes.left_of_lines
    credit = credit_notes.credit
    void = endings.void
    write_off = endings.write_off
    keep_document = documents.keep_document
    ask_to_send = documents.ask_to_send
    record_sent = documents.record_sent
    record_fee = fees.record_fee

    @classmethod
    def begin(
        cls, org: str, invoice: str, draft: Draft, at: datetime, *, fingerprint: str = ""
    ) -> Invoice:
        """Draft an invoice. Raises Invalid."""
        check_draft(draft, NET_DAYS_MAX)
        return cls.begin_agreed(org, invoice, draft, at, fingerprint=fingerprint)

    @classmethod
    def begin_agreed(
        cls, org: str, invoice: str, draft: Draft, at: datetime, *, fingerprint: str = ""
    ) -> Invoice:
        """Draft an invoice of what was agreed elsewhere, within the bounds of that."""
        return cls._create(
            cls.InvoiceDrafted,
            id=invoice_id(org, invoice),
            timestamp=at,
            fingerprint=fingerprint,
            draft=draft,
        )

    def hear(
        self, wallet: Wallet, brought: Brought, told: RefundChanged | DisputeChanged, at: datetime
    ) -> None:
        """Take in what a provider says of money that came for it, once that is checked."""
        if isinstance(told, RefundChanged):
            refunds.hear_refund(self, wallet, brought, told, at)
        else:
            disputes.hear_dispute(self, wallet, brought, told, at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        state = self.invoice
        columns = {
            "org": org,
            "id": self.id_in_org,
            "owner": state.draft.user,
            "status": state.status.value,
            "number": state.issued.number if state.issued else None,
            "invoice": msgspec.to_builtins(state),
        }
        return [TableRow("invoice_states", columns)]


def invoice_id(org: str, invoice: str) -> str:
    """Return the stream of an invoice."""
    return stream_id(org, INVOICE_STREAM, invoice)
