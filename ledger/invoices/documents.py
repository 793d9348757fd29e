"""The documents of an invoice: each is made once and kept, and sent as often as it is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.invoices.invoice_base import Delivery, InvoiceBase, InvoiceFact, KeptDocument
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.limits import SENDS_MAX

NOBODY = "nobody"
"""Why mail is refused where nothing is known of an address."""


class DocumentKept(InvoiceFact):
    """A document, the invoice or a credit note by its number, was made as PDF and as XML, and is
    kept under the SHA-256 of their bytes, in hex."""

    TOPIC: ClassVar[str] = "invoices.DocumentKept"
    user: str
    document: KeptDocument

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(documents=[*aggregate.invoice.documents, self.document])

    def person(self, subject: str) -> str:
        return self.user


class DocumentSendAsked(InvoiceFact):
    """A document is to be sent once more, to where the payer's mail goes now; where it is not kept
    yet, it is to be made, and goes out as each does that is new."""

    TOPIC: ClassVar[str] = "invoices.DocumentSendAsked"
    fingerprint: str
    user: str
    number: str
    is_kept: bool

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(sends_asked=aggregate.invoice.sends_asked + 1)

    def person(self, subject: str) -> str:
        return self.user


class InvoiceSent(InvoiceFact):
    """A document was handed over as mail, or is refused for good."""

    TOPIC: ClassVar[str] = "invoices.InvoiceSent"
    user: str
    delivery: Delivery

    def apply(self, aggregate: InvoiceBase) -> None:
        aggregate.becomes(deliveries=[*aggregate.invoice.deliveries, self.delivery])

    def person(self, subject: str) -> str:
        return self.user


def keep_document(invoice: InvoiceBase, document: KeptDocument, at: datetime) -> bool:
    """Record a document that is kept, unless one of its number is; tell whether it is new."""
    state = invoice.invoice
    if state.document(document.number) is not None:
        return False
    invoice.trigger_event(DocumentKept, timestamp=at, user=state.draft.user, document=document)
    return True


def ask_to_send(
    invoice: InvoiceBase, number: str | None, at: datetime, *, fingerprint: str
) -> None:
    """Have a document be sent once more, by default the invoice itself. Raises NotFound where there
    is none of that number, and Conflict."""
    state = invoice.invoice
    if state.issued is None:
        raise Conflict("it is a draft: there is no document of it.", field="id")
    number = number or state.issued.number
    if number not in state.numbers:
        raise NotFound("there is no document of that number.", field="number")
    if state.sends_asked >= SENDS_MAX:
        raise Conflict(f"an invoice is sent once more {SENDS_MAX} times at most.", field="id")
    invoice.trigger_event(
        DocumentSendAsked,
        timestamp=at,
        fingerprint=fingerprint,
        user=state.draft.user,
        number=number,
        is_kept=state.document(number) is not None,
    )


def record_sent(invoice: InvoiceBase, delivery: Delivery, at: datetime) -> bool:
    """Record what became of the mail that a fact asked for, once; tell whether it is new."""
    state = invoice.invoice
    if any(each.asked == delivery.asked for each in state.deliveries):
        return False
    invoice.trigger_event(InvoiceSent, timestamp=at, user=state.draft.user, delivery=delivery)
    return True
