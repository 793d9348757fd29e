"""Answers about invoices."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Amount, Answer, Time, one_of, time_or_null
from api.http.invoices.answers.activity import ActivityAnswer, activity_answer
from api.http.invoices.answers.applied_tax import AppliedTaxAnswer, applied_tax_answer
from api.http.invoices.answers.documents import (
    DeliveryAnswer,
    DocumentAnswer,
    delivery_answer,
    document_answer,
)
from api.http.invoices.answers.returns import (
    InvoiceDisputeAnswer,
    InvoiceRefundAnswer,
    dispute_answer,
    refund_answer,
)
from api.http.invoices.answers.settings import (
    PayerDetailsAnswer,
    SellerAnswer,
    payer_answer,
    seller_answer,
)
from api.queries.invoices.invoices import FoundInvoice, ListedInvoice
from ledger.invoices.bill import Bill, InvoiceLine
from ledger.invoices.invoice_base import (
    CreditedLine,
    CreditNote,
    InvoiceState,
    Method,
    Payment,
    Status,
)
from ledger.invoices.item import QUANTITY_SCALE, Source
from ledger.kernel.limits import PRICE_DECIMALS_MAX
from ledger.kernel.money import format_amount, format_credits, format_decimal
from ledger.kernel.times import format_time


class InvoiceLineAnswer(Answer):
    """A line: `amount - discount + tax = total`, all without tax but the last two; `unit_price` as
    it was given, null where the amount was. `of`: the id of what made it."""

    line: int
    source: Annotated[str, one_of(Source)]
    of: str | None
    text: str
    quantity: Amount
    unit_price: Amount | None
    amount: Amount
    discount: Amount
    tax: Amount
    total: Amount
    taxed_by: AppliedTaxAnswer | None
    credits: Amount | None
    starts_at: Time | None
    ends_at: Time | None


class GivenDiscountAnswer(Answer):
    """A discount as it was given: an amount of what the prices say."""

    name: str
    bps: int | None
    amount: Amount


class BillAnswer(Answer):
    """The lines and their sums: `subtotal - discount + tax = total`."""

    lines: list[InvoiceLineAnswer]
    discounts: list[GivenDiscountAnswer]
    subtotal: Amount
    discount: Amount
    tax: Amount
    total: Amount


class PaymentAnswer(Answer):
    """Money that came, or went back."""

    method: Annotated[str, one_of(Method)]
    amount: Amount
    reference: str | None
    brand: str | None
    last4: str | None
    paid_at: Time | None


class CreditedLineAnswer(Answer):
    """What a credit note takes back of a line: `amount - discount + tax = total`."""

    line: int
    amount: Amount
    discount: Amount
    tax: Amount
    total: Amount


class CreditNoteAnswer(Answer):
    """A correction of an issued invoice, and the money that went back with it, or is to."""

    credit_note: str
    number: str
    lines: list[CreditedLineAnswer]
    tax: Amount
    total: Amount
    refund: PaymentAnswer | None
    issued_at: Time


class InvoiceAnswer(Answer):
    """An invoice as it is now. Of a draft `bill` is what it would come to if it were issued now;
    null while the org has no invoice settings. `remaining`: what is still to be paid; `refunded`:
    what a provider has given back of what was paid. `activity`: what its document tells of the
    payer's credits; null until that is made, and where it tells nothing of them."""

    invoice: str
    status: Annotated[str, one_of(Status)]
    number: str | None
    user: str
    currency: str
    reference: str | None
    issued_at: Time | None
    due_at: Time | None
    ended_at: Time | None
    language: str | None
    seller: SellerAnswer | None
    payer: PayerDetailsAnswer | None
    bill: BillAnswer | None
    paid: Amount
    credited: Amount
    refunded: Amount
    remaining: Amount
    payments: list[PaymentAnswer]
    credit_notes: list[CreditNoteAnswer]
    refunds: list[InvoiceRefundAnswer]
    disputes: list[InvoiceDisputeAnswer]
    activity: ActivityAnswer | None
    documents: list[DocumentAnswer]
    deliveries: list[DeliveryAnswer]


class ListedInvoiceAnswer(Answer):
    """An invoice of a list; amounts are null of a draft, `net` is without tax."""

    invoice: str
    status: Annotated[str, one_of(Status)]
    number: str | None
    user: str
    currency: str
    net: Amount | None
    tax: Amount | None
    total: Amount | None
    remaining: Amount | None
    drafted_at: Time
    issued_at: Time | None
    due_at: Time | None
    ended_at: Time | None


class DraftAnswer(Answer):
    """A draft, as it was recorded; what it comes to is answered to who looks at it."""

    invoice: str
    status: Annotated[str, one_of(Status)]
    user: str
    currency: str
    items: int


class IssuedAnswer(Answer):
    """An invoice that was issued: from now on it never changes."""

    invoice: str
    number: str
    user: str
    currency: str
    issued_at: Time
    due_at: Time
    bill: BillAnswer


class AppliedAnswer(Answer):
    """Money that was recorded, and what is still to be paid; nothing: the invoice is paid."""

    invoice: str
    payment: PaymentAnswer
    remaining: Amount


class CreditedAnswer(Answer):
    """A credit note that was issued, and what is still to be paid of the invoice."""

    invoice: str
    credit_note: CreditNoteAnswer
    remaining: Amount


class EndedAnswer(Answer):
    """An invoice that is void, or written off, since when, and why, unless that was erased."""

    invoice: str
    status: Annotated[str, one_of(Status)]
    ended_at: Time
    reason: str | None


def invoice_answer(found: FoundInvoice, bill: Bill | None) -> InvoiceAnswer:
    """Return an invoice as it is answered; `bill`: what it says, or what a draft comes to."""
    state = found.state
    draft, issued, currency = state.draft, state.issued, state.draft.currency
    return InvoiceAnswer(
        found.id,
        state.status,
        issued.number if issued else None,
        draft.user,
        currency,
        draft.reference,
        time_or_null(issued.issued_us if issued else None),
        time_or_null(issued.due_us if issued else None),
        time_or_null(state.ended_us),
        issued.language if issued else None,
        seller_answer(issued.seller) if issued else None,
        payer_answer(draft.user, issued.payer, found.address) if issued else None,
        bill_answer(bill, currency) if bill else None,
        format_amount(state.paid, currency),
        format_amount(state.credited, currency),
        format_amount(state.refunded, currency),
        format_amount(state.left, currency),
        [payment_answer(each, currency) for each in state.payments],
        [credit_note_answer(each, currency) for each in state.credit_notes],
        [refund_answer(each, currency) for each in state.refunds],
        [dispute_answer(each, currency) for each in state.disputes],
        _activity(state),
        [document_answer(each) for each in state.documents],
        [delivery_answer(each) for each in state.deliveries],
    )


def listed_answer(found: ListedInvoice) -> ListedInvoiceAnswer:
    """Return an invoice of a list as it is answered."""

    def amount(value: int | None) -> str | None:
        return None if value is None else format_amount(value, found.currency)

    return ListedInvoiceAnswer(
        found.id,
        found.status,
        found.number,
        found.owner,
        found.currency,
        amount(found.net),
        amount(found.tax),
        amount(found.total),
        amount(found.remaining),
        format_time(found.drafted_us),
        time_or_null(found.issued_us),
        time_or_null(found.due_us),
        time_or_null(found.ended_us),
    )


def bill_answer(bill: Bill, currency: str) -> BillAnswer:
    """Return a bill as it is answered."""
    discounts = [
        GivenDiscountAnswer(each.name, each.bps, format_amount(each.amount, currency))
        for each in bill.discounts
    ]
    sums = (bill.subtotal, bill.discount, bill.tax, bill.total)
    return BillAnswer(
        [_line(place, each, currency) for place, each in enumerate(bill.lines)],
        discounts,
        *(format_amount(each, currency) for each in sums),
    )


def payment_answer(payment: Payment, currency: str) -> PaymentAnswer:
    """Return money as it is answered."""
    return PaymentAnswer(
        payment.method,
        format_amount(payment.amount, currency),
        payment.reference,
        payment.brand,
        payment.last4,
        time_or_null(payment.paid_us),
    )


def credit_note_answer(note: CreditNote, currency: str) -> CreditNoteAnswer:
    """Return a credit note as it is answered."""
    return CreditNoteAnswer(
        note.id,
        note.number,
        [_credited(each, currency) for each in note.lines],
        format_amount(note.tax, currency),
        format_amount(note.total, currency),
        payment_answer(note.refund, currency) if note.refund else None,
        format_time(note.issued_us),
    )


def _activity(state: InvoiceState) -> ActivityAnswer | None:
    kept = state.document(state.issued.number) if state.issued else None
    return activity_answer(kept.activity) if kept and kept.activity else None


def _line(place: int, line: InvoiceLine, currency: str) -> InvoiceLineAnswer:
    item = line.item
    return InvoiceLineAnswer(
        place,
        item.source,
        item.of,
        item.text,
        format_decimal(item.quantity, QUANTITY_SCALE),
        format_decimal(item.unit_price, PRICE_DECIMALS_MAX) if item.amount is None else None,
        format_amount(line.amount, currency),
        format_amount(line.discount, currency),
        format_amount(line.tax, currency),
        format_amount(line.total, currency),
        applied_tax_answer(line.taxed_by),
        None if item.credits is None else format_credits(item.credits),
        time_or_null(item.from_us),
        time_or_null(item.until_us),
    )


def _credited(line: CreditedLine, currency: str) -> CreditedLineAnswer:
    amounts = (line.amount, line.discount, line.tax, line.total)
    return CreditedLineAnswer(line.line, *(format_amount(each, currency) for each in amounts))
