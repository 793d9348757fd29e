"""Answers about documents of invoices."""

from __future__ import annotations

from typing import Annotated

import msgspec

from api.http.answers import Answer, Time
from ledger.invoices.invoice_base import Delivery, KeptDocument
from ledger.kernel.times import format_time

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class DocumentAnswer(Answer):
    """A document that is kept, and the SHA-256 of its bytes."""

    number: str
    pdf_sha256: Sha256
    xml_sha256: Sha256


class DeliveryAnswer(Answer):
    """What became of mail with a document: it was handed over, or is `refused` for good: with the
    code of the server (550: there is no such mailbox), as the address of the `recipient` or the
    `sender` is none, or as `nobody` has one."""

    number: str
    at: Time
    refused: str | None


class SendAskedAnswer(Answer):
    """A document that is to be sent."""

    invoice: str
    number: str


def document_answer(document: KeptDocument) -> DocumentAnswer:
    """Return a document as it is answered."""
    return DocumentAnswer(document.number, document.pdf, document.xml)


def delivery_answer(delivery: Delivery) -> DeliveryAnswer:
    """Return what became of mail as it is answered."""
    return DeliveryAnswer(delivery.number, format_time(delivery.at_us), delivery.refused)
