"""The doors of invoices, as Protocols with the promise each must keep."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ledger.invoices.activity import Activity, CreditTime
from ledger.invoices.document import Document
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.payer import Address, Payer
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.statement_state import StatementState
from ledger.kernel.errors import LedgerError
from ledger.kernel.outside import NeverTaken


class CannotBeMade(LedgerError):
    """A document cannot be made of what it says: the same again would fail again."""

    code = "cannot_be_made"


class Letter(NamedTuple):
    """What is written to whom a document is sent."""

    subject: str
    text: str
    html: str


class Documents(Protocol):
    """Makes documents. The same document gives the same bytes, whenever and wherever it is made."""

    def pdf(self, document: Document) -> bytes:
        """Return it as PDF/A-3, with its XML attached, if it is an invoice. Raises CannotBeMade."""

    def xml(self, document: Document) -> bytes:
        """Return it as EN 16931 has it, in the syntax CII."""

    def letter(self, document: Document, pay_url: str | None = None) -> Letter:
        """Return what is written to whom it is sent, in its language; `pay_url`: where what is due
        is paid."""


class Blobs(Protocol):
    """Keeps contents for ever, each under a name of its own. Used by several threads.

    Every method raises NotTaken when the store does not do it.
    """

    def put(self, name: str, content: bytes) -> None:
        """Keep a content: it is there, whole, when this returns. What is kept is never replaced:
        with the same content nothing is done, with another it raises NeverTaken."""

    def get(self, name: str) -> bytes | None:
        """Return a content; None: there is none of that name."""


def blob_name(org: str, sha256: str, kind: str) -> str:
    """Return the name that a document is kept under, of a kind: pdf or xml."""
    return f"{org}/{sha256}.{kind}"


def kept_content(blobs: Blobs, org: str, sha256: str, kind: str) -> bytes | None:
    """Return what is kept of a document; None: nothing, or something else. Raises NotTaken."""
    content = blobs.get(blob_name(org, sha256, kind))
    is_it = content is not None and hashlib.sha256(content).hexdigest() == sha256
    return content if is_it else None


class Mailbox(NamedTuple):
    """Where a payer's mail goes, and the digest of the text that says so."""

    address: str
    digest: str


class KnownPayer(NamedTuple):
    """What is known of a payer; None as their address: it was erased."""

    payer: Payer
    address: Address | None


class InvoiceStates(Protocol):
    """Invoices as they are now, of every org. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, invoice: str) -> InvoiceState | None:
        """Return an invoice as it is now."""

    def statement(self, org: str, user: str, month: str) -> StatementState | None:
        """Return the statement of a payer's month as it is now."""

    def address(self, org: str, digest: str | None) -> Address | None:
        """Return the address of a digest; None: it was erased."""

    def text(self, org: str, digest: str | None) -> str | None:
        """Return an erasable text; None: it was erased."""

    def payer(self, org: str, user: str) -> KnownPayer | None:
        """Return what is known of a payer, if something is."""

    def settings(self, org: str) -> InvoiceSettings | None:
        """Return what an org has decided of its invoices, if it has."""


class Activities(Protocol):
    """What happened to credits, of every org. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, user: str, time: CreditTime, seen: int) -> Activity:
        """Return what happened to a payer's credits in a time that is over, once all is known that
        was recorded until a sequence after it: the same for ever. Raises NotTaken until then."""


class ActivePayers(Protocol):
    """Who used credits, of every org. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def active(self, org: str, month: str, after: str, limit: int) -> list[str]:
        """Return whose credits moved in a month that is over, and who has no invoice of it, in
        order, after one. The first page raises NotTaken until all of the month is known."""


class Attachment(NamedTuple):
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


class Message(NamedTuple):
    """A message to one recipient. `key` is its own for ever; `at_us` when it was written.

    `sender` and `recipient` are addresses; `sender_name` and `subject` any text.
    """

    key: str
    at_us: int
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: Sequence[Attachment] = ()


RECIPIENT, SENDER = "recipient", "sender"
"""Why a message is refused here: an address that could be none, whose it is."""


class MailRefused(NeverTaken):
    """A message is refused for good: `why` is the code that the server gave, or says whose address
    is none."""

    code = "mail_refused"

    def __init__(self, detail: str, why: str) -> None:
        super().__init__(detail)
        self.why = why


class Mail(Protocol):
    """Sends messages."""

    async def send(self, message: Message) -> None:
        """Hand a message over. Raises NotTaken or MailRefused.

        It may come twice when its answer was lost: with the same bytes then, so that the key (in
        `Message-ID`) tells that it is one.
        """

    async def examine(self) -> str:
        """Return what is to be said of where it sends, once it is reached. Raises NotTaken."""
