"""Values of invoices.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.values.subscriptions import (
    Bill,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceSettings:
    """What an org has decided of its invoices."""

    version: int
    seller: Seller
    invoice_numbers: Numbers
    credit_note_numbers: Numbers
    rounding: Literal["line", "invoice"]
    net_days: int
    receipts: bool
    statements: bool
    language: str
    payment_url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Seller:
    """Who sends invoices: what stands at their head and foot, and where they are paid."""

    name: str
    country: str
    address: tuple[str, ...]
    postal_code: str | None
    city: str | None
    vat_id: str | None
    tax_number: str | None
    email: str | None
    website: str | None
    iban: str | None
    bic: str | None
    instructions: tuple[str, ...]
    footer: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """How numbers are written, the first one, and whether it begins again each year."""

    format: str
    start: int
    yearly: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerSetting:
    """Who sends invoices: what stands at their head and foot, and where they are paid."""

    name: str
    country: str
    address: Sequence[str] | None = None
    postal_code: str | None = None
    city: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    email: str | None = None
    website: str | None = None
    iban: str | None = None
    bic: str | None = None
    instructions: Sequence[str] | None = None
    footer: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NumbersSetting:
    """How numbers are written: `{number}`, or `{number:06}` for six digits, and `{year}`."""

    format: str
    start: int | None = None
    yearly: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxRates:
    """The tax rates that hold for the org."""

    version: int
    rates: tuple[TaxRate, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxRate:
    """A rate in percent, where, for what and from when until when it holds."""

    country: str
    region: str | None
    category: str
    name: str
    percent: Decimal
    included: bool
    reverse_charge: bool
    effective_from: datetime | None
    effective_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxRateSetting:
    """A rate in percent, with at most four decimals, of a country or one region of it."""

    country: str
    name: str
    percent: Decimal | int
    region: str | None = None
    category: str | None = None
    included: bool | None = None
    reverse_charge: bool | None = None
    effective_from: datetime | None = None
    effective_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PayerDetails:
    """What is known of a payer."""

    user: str
    country: str
    region: str | None
    has_vat_id: bool
    language: str | None
    name: str | None
    address: tuple[str, ...] | None
    postal_code: str | None
    city: str | None
    vat_id: str | None
    email: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthStatement:
    """The statement of a payer's month."""

    user: str
    month: str
    mailed: bool
    pdf_sha256: str | None
    activity: Activity | None
    delivery: Delivery | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """What happened to the payer's credits, as the statement says as of `from_sequence` and
    `until_sequence`: `opening`, what was added less what was used, less `expired`, and `other`
    come to `closing`.
    """

    from_: datetime
    to: datetime
    from_sequence: int
    until_sequence: int
    opening: Decimal
    added: tuple[AddedCredits, ...]
    used: tuple[UsedCredits, ...]
    expired: Decimal
    other: Decimal
    closing: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedCredits:
    """Credits of a kind that came in."""

    kind: str
    credits: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedCredits:
    """Credits that a service took, and by how many requests; null: all services that are not told
    by name; empty: none was named.
    """

    service: str | None
    requests: int
    credits: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What became of mail with a document: it was handed over, or is `refused` for good: with the
    code of the server (550: there is no such mailbox), as the address of the `recipient` or the
    `sender` is none, or as `nobody` has one.
    """

    number: str
    at: datetime
    refused: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SendAsked:
    """A document that is to be sent."""

    invoice: str
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedInvoice:
    """An invoice of a list; amounts are null of a draft, `net` is without tax."""

    invoice: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    number: str | None
    user: str
    currency: str
    net: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    remaining: Decimal | None
    drafted_at: datetime
    issued_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceItem:
    """What there is to pay for: `quantity` times `unit_price`, or an `amount`; below zero it is
    given back.
    """

    text: str
    quantity: Decimal | int | None = None
    unit_price: Decimal | int | None = None
    amount: Decimal | int | None = None
    source: Literal["subscription", "seats", "proration", "overage", "adjustment"] | None = None
    category: str | None = None
    includes_tax: bool | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceDiscount:
    """What is taken off: basis points or an amount, of the items with these places, or without any
    of all.
    """

    name: str
    bps: int | None = None
    amount: Decimal | int | None = None
    items: Sequence[int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A draft, as it was recorded; what it comes to is answered to who looks at it."""

    invoice: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    user: str
    currency: str
    items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Invoice:
    """An invoice as it is now."""

    invoice: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    number: str | None
    user: str
    currency: str
    reference: str | None
    issued_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    language: str | None
    seller: Seller | None
    payer: PayerDetails | None
    bill: Bill | None
    paid: Decimal
    credited: Decimal
    refunded: Decimal
    remaining: Decimal
    payments: tuple[Payment, ...]
    credit_notes: tuple[CreditNote, ...]
    refunds: tuple[InvoiceRefund, ...]
    disputes: tuple[InvoiceDispute, ...]
    activity: Activity | None
    documents: tuple[Document, ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """Money that came, or went back."""

    method: Literal["bank", "stripe", "purchase", "order"]
    amount: Decimal
    reference: str | None
    brand: str | None
    last4: str | None
    paid_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditNote:
    """A correction of an issued invoice, and the money that went back with it, or is to."""

    credit_note: str
    number: str
    lines: tuple[CreditedLine, ...]
    tax: Decimal
    total: Decimal
    refund: Payment | None
    issued_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditedLine:
    """What a credit note takes back of a line: `amount - discount + tax = total`."""

    line: int
    amount: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceRefund:
    """Money of a payment that is to go back, has, or has come again (`failed`)."""

    refund: str
    number: str | None
    payment: str
    amount: Decimal
    status: Literal["pending", "paid", "failed"]
    credits: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceDispute:
    """A payment that the payer's bank asks back."""

    dispute: str
    payment: str
    amount: Decimal
    status: Literal["open", "won", "lost"]
    reason: str
    evidence_due_at: datetime | None
    credits: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A document that is kept, and the SHA-256 of its bytes."""

    number: str
    pdf_sha256: str
    xml_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """An invoice that was issued: from now on it never changes."""

    invoice: str
    number: str
    user: str
    currency: str
    issued_at: datetime
    due_at: datetime
    bill: Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """Money that was recorded, and what is still to be paid; nothing: the invoice is paid."""

    invoice: str
    payment: Payment
    remaining: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToCredit:
    """What is taken back of a line, with its tax; `line` is its place, from 0."""

    line: int
    amount: Decimal | int


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundWith:
    """How money goes back with a credit note: all of what was paid for what it takes back."""

    method: Literal["bank", "stripe"] | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Credited:
    """A credit note that was issued, and what is still to be paid of the invoice."""

    invoice: str
    credit_note: CreditNote
    remaining: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """An invoice that is void, or written off, since when, and why, unless that was erased."""

    invoice: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    ended_at: datetime
    reason: str | None
