"""The doors of invoices, as Protocols with the promise each must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ledger.invoices.document import Document
from ledger.kernel.errors import LedgerError


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
        """Return it as PDF/A-3, with its XML attached. Raises CannotBeMade."""

    def xml(self, document: Document) -> bytes:
        """Return it as EN 16931 has it, in the syntax CII."""

    def letter(self, document: Document) -> Letter:
        """Return what is written to whom it is sent, in its language."""


class Blobs(Protocol):
    """Keeps contents for ever, each under a name of its own. Used by one thread at a time.

    Every method raises NotTaken when the store does not do it.
    """

    def put(self, name: str, content: bytes) -> None:
        """Keep a content: it is there, whole, when this returns. What is kept is never replaced:
        with the same content nothing is done, with another it raises NeverTaken."""

    def get(self, name: str) -> bytes | None:
        """Return a content; None: there is none of that name."""


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


class Mail(Protocol):
    """Sends messages."""

    async def send(self, message: Message) -> None:
        """Hand a message over. Raises NotTaken, or NeverTaken where its recipient is refused.

        It may come twice when its answer was lost: with the same bytes then, so that the key (in
        `Message-ID`) tells that it is one.
        """

    async def examine(self) -> str:
        """Return what is to be said of where it sends, once it is reached. Raises NotTaken."""
