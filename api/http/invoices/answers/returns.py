"""Answers about money of an invoice that went back, or is asked back."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from ledger.invoices.returns import Dispute, Refund, credits_of
from ledger.kernel.money import format_amount, format_credits
from ledger.purchases.notice import DisputeState, RefundState


class InvoiceRefundAnswer(Answer):
    """Money of a payment that is to go back, has, or has come again (`failed`). `refund`: the
    credit note that asks for it, else the provider's id, which is its `number`; `credits` went with
    it."""

    refund: str
    number: str | None
    payment: str
    amount: Amount
    status: Annotated[str, one_of(RefundState)]
    credits: Amount


class InvoiceDisputeAnswer(Answer):
    """A payment that the payer's bank asks back. `reason` is the provider's word; `credits` are
    away with the money, and come back where it is won."""

    dispute: str
    payment: str
    amount: Amount
    status: Annotated[str, one_of(DisputeState)]
    reason: str
    evidence_due_at: Time | None
    credits: Amount


def refund_answer(refund: Refund, currency: str) -> InvoiceRefundAnswer:
    """Return a refund as it is answered."""
    return InvoiceRefundAnswer(
        refund.id,
        refund.number,
        refund.payment,
        format_amount(refund.amount, currency),
        refund.state,
        format_credits(credits_of(refund.taken)),
    )


def dispute_answer(dispute: Dispute, currency: str) -> InvoiceDisputeAnswer:
    """Return a dispute as it is answered."""
    return InvoiceDisputeAnswer(
        dispute.id,
        dispute.payment,
        format_amount(dispute.amount, currency),
        dispute.state,
        dispute.reason,
        time_or_null(dispute.evidence_due_us),
        format_credits(credits_of(dispute.taken)),
    )
