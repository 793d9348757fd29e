"""The base of an invoice, which its nouns are written against: its state and its facts' base.

Amounts are integers of the invoice's currency's smallest unit, times microseconds since 1970.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.invoices.activity import Activity
from ledger.invoices.bill import Bill
from ledger.invoices.item import Draft
from ledger.invoices.payer import Payer
from ledger.invoices.returns import Dispute, Refund
from ledger.invoices.settings import Seller
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.purchases.notice import RefundState


class Status(StrEnum):
    """Where an invoice is."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


class Method(StrEnum):
    """How money came for an invoice, or went back."""

    BANK = "bank"
    STRIPE = "stripe"
    PURCHASE = "purchase"
    """With a purchase, which says where its money is."""
    ORDER = "order"
    """With an order, which says where its money is."""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Money for an invoice, or back of it. `reference`: of the transfer, or the provider's id.
    `brand` and `last4` of a card, as they are printed. `paid_us`: when, where that was earlier."""

    method: Method
    amount: int
    reference: str | None = None
    brand: str | None = None
    last4: str | None = None
    paid_us: int | None = None


class CreditedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a credit note takes back of a line of the invoice, by the line's own shares:
    `amount - discount + tax = total`. `unearned`: so much of it, without tax, was of time to
    come."""

    line: int
    amount: int
    total: int
    discount: int = 0
    tax: int = 0
    unearned: int = 0


class CreditNote(msgspec.Struct, frozen=True, kw_only=True):
    """A correction of an issued invoice. `refund`: money that goes back with it; what does not, and
    is not owed any more, is owed to the payer. `reason`: the digest of why."""

    id: str
    number: str
    lines: list[CreditedLine]
    tax: int
    total: int
    issued_us: int
    refund: Payment | None = None
    reason: str | None = None


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """What an invoice says for ever. `settings_version`: by which settings of the org; `payer`:
    where the payer was, and the digest of their address."""

    number: str
    issued_us: int
    due_us: int
    bill: Bill
    seller: Seller
    payer: Payer
    language: str
    settings_version: int


class KeptDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document, the invoice or a credit note by its number, that is kept as PDF and as XML under
    the SHA-256 of each, in hex. `activity`: what it tells of the payer's credits."""

    number: str
    pdf: str
    xml: str
    activity: Activity | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of mail with a document, as the event of the sequence `asked` wanted: it was
    handed over, to the address of a digest, or is `refused` for good, and why."""

    asked: int
    number: str
    at_us: int
    address: str | None = None
    refused: str | None = None


class InvoiceState(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as it is now: all that is printed of it and listed. `fees`: the movements by which
    providers have kept some."""

    status: Status
    draft: Draft
    issued: Issued | None = None
    payments: list[Payment] = msgspec.field(default_factory=list)
    credit_notes: list[CreditNote] = msgspec.field(default_factory=list)
    documents: list[KeptDocument] = msgspec.field(default_factory=list)
    deliveries: list[Delivery] = msgspec.field(default_factory=list)
    sends_asked: int = 0
    refunds: list[Refund] = msgspec.field(default_factory=list)
    disputes: list[Dispute] = msgspec.field(default_factory=list)
    fees: list[str] = msgspec.field(default_factory=list)
    ended_us: int | None = None

    @property
    def numbers(self) -> list[str]:
        """The numbers of its documents: its own, and those of its credit notes."""
        own = [self.issued.number] if self.issued else []
        return own + [each.number for each in self.credit_notes]

    def document(self, number: str) -> KeptDocument | None:
        """Return a document that is kept, by its number."""
        return next((each for each in self.documents if each.number == number), None)

    @property
    def total(self) -> int:
        """What it asks for; zero before it is issued."""
        return self.issued.bill.total if self.issued else 0

    @property
    def paid(self) -> int:
        """The money that came in for it."""
        return sum(each.amount for each in self.payments)

    @property
    def credited(self) -> int:
        """What credit notes have taken back."""
        return sum(each.total for each in self.credit_notes)

    @property
    def refunded(self) -> int:
        """The money that went back by refunds."""
        return sum(each.amount for each in self.refunds if each.state is RefundState.PAID)

    @property
    def overdrawn(self) -> int:
        """How much more went back, or is to, than is owed to the payer: of so much there is no
        credit note yet."""
        back = sum(each.amount for each in self.refunds if each.lives)
        return max(0, back - (self.paid + self.credited - self.total))

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was paid or taken back of it."""
        return not (self.payments or self.credit_notes)

    @property
    def left(self) -> int:
        """What is still asked for; nothing of what is void."""
        if self.status is Status.VOID:
            return 0
        return max(0, self.total - self.paid - self.credited)


class InvoiceBase(LedgerAggregate):
    """An invoice, without a word of what it can decide."""

    def __init__(self, draft: Draft) -> None:
        self.invoice = InvoiceState(status=Status.DRAFT, draft=draft)

    @property
    def id_in_org(self) -> str:
        """Its id, as callers know it."""
        return name_of(self.id)

    @property
    def status(self) -> Status:
        """Where it is."""
        return self.invoice.status

    def becomes(self, **changes: object) -> None:
        """Take in what a fact says."""
        self.invoice = msgspec.structs.replace(self.invoice, **changes)


class InvoiceFact(LedgerAggregate.Event):
    """Something that happened to an invoice."""
