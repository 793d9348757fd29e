"""Kept documents: each invoice and credit note that is issued is made, and kept for ever.

One that cannot be made leaves the issue standing, and is tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from api.commands.command import Command
from api.commands.invoices.documents import RecordDocument
from api.effects.effect import FactEffect, asking
from api.one_at_a_time import OneAtATime
from ledger.invoices.activity import Activity
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.document import Document
from ledger.invoices.documents import DocumentSendAsked
from ledger.invoices.invoice_base import InvoiceFact, InvoiceState, KeptDocument
from ledger.invoices.issuing import InvoiceIssued
from ledger.invoices.payer import Address
from ledger.invoices.ports import (
    Activities,
    Blobs,
    Documents,
    InvoiceStates,
    KnownPayer,
    Mailbox,
    blob_name,
    kept_content,
)
from ledger.invoices.printing import printed
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.statement_state import StatementState
from ledger.kernel.actor import Actor
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import name_of
from ledger.kernel.outside import NotTaken
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from projections.ports import Call

T = TypeVar("T")

ACTOR = Actor("invoices", "tally jobs", "")


class Asked(msgspec.Struct, frozen=True):
    """A document, by its number, when it was asked for, and whether somebody did, by hand."""

    invoice: str
    number: str
    at_us: int
    is_by_hand: bool = False


read_asked = decoder(Asked)


def asking_for(event: RecordedEvent, effect: str, fact: InvoiceFact, number: str) -> Call:
    """Return the call by which an effect asks for a document that a fact wants."""
    is_by_hand = isinstance(fact, DocumentSendAsked)
    asked = Asked(name_of(fact.originator_id), number, event.recorded_us, is_by_hand)
    return asking(event, effect, asked)


class InvoiceDesk:
    """What effects of invoices share: what is known here, what makes documents, which is loaded
    with the first, and where they are kept."""

    def __init__(
        self, states: InvoiceStates, documents: Callable[[], Documents], blobs: Blobs
    ) -> None:
        self.documents = documents
        self._states = states
        self._blobs = blobs
        self._alone = OneAtATime()

    async def state(self, org: str, invoice: str) -> InvoiceState:
        """Return an invoice as it is now. Raises NotTaken."""
        state = await self._alone.do(lambda: self._states.of(org, invoice))
        if state is None:
            raise NotTaken("there is no such invoice.")
        return state

    async def statement(self, org: str, user: str, month: str) -> StatementState:
        """Return the statement of a payer's month as it is now. Raises NotTaken."""
        state = await self._alone.do(lambda: self._states.statement(org, user, month))
        if state is None:
            raise NotTaken("there is no such statement.")
        return state

    async def address(self, org: str, digest: str | None) -> Address | None:
        """Return the address of a digest; None: none was known, or it was erased."""
        return await self._alone.do(lambda: self._states.address(org, digest))

    async def document(
        self, org: str, state: InvoiceState, number: str, activity: Activity | None = None
    ) -> Document:
        """Return what a document of an invoice says; `activity`: of credits, where it is new."""
        return await self._alone.do(lambda: self._document(org, state, number, activity))

    async def look(self, work: Callable[[], T]) -> T:
        """Look something up, beside whatever else happens."""
        return await self._alone.do(work)

    async def settings(self, org: str) -> InvoiceSettings | None:
        """Return what an org has decided of its invoices now."""
        return await self._alone.do(lambda: self._states.settings(org))

    async def payer(self, org: str, user: str) -> KnownPayer | None:
        """Return what is known of a payer now."""
        return await self._alone.do(lambda: self._states.payer(org, user))

    async def mailbox(self, org: str, user: str, digest: str | None = None) -> Mailbox | None:
        """Return where a payer's mail goes now, if that is known: of who has told nothing where an
        invoice of theirs says, by the digest of its address."""
        known = await self.payer(org, user)
        if known is not None and known.payer.address is not None:
            digest, address = known.payer.address, known.address
        else:
            address = await self.address(org, digest)
        if digest is None or address is None or not address.email:
            return None
        return Mailbox(address.email, digest)

    async def keep(self, org: str, kind: str, content: bytes) -> str:
        """Keep a content and return its SHA-256. Raises NotTaken."""
        sha256 = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(self._blobs.put, blob_name(org, sha256, kind), content)
        return sha256

    async def kept(self, org: str, kind: str, sha256: str) -> bytes:
        """Return what is kept. Raises NotTaken where it is not, or is another."""
        content = await asyncio.to_thread(kept_content, self._blobs, org, sha256, kind)
        if content is None:
            raise NotTaken(f"the document of SHA-256 {sha256} is not kept any more.")
        return content

    def _document(
        self, org: str, state: InvoiceState, number: str, activity: Activity | None
    ) -> Document:
        address = self._states.address(org, state.issued.payer.address if state.issued else None)
        reasons = [each.reason for each in state.credit_notes if each.number == number]
        reason = self._states.text(org, reasons[0]) if reasons else None
        return printed(org, state, number, address, reason, activity=activity)


class KeptDocuments(FactEffect):
    """Makes and keeps documents."""

    name = "invoice-documents"
    types = (InvoiceIssued.TOPIC, CreditNoteIssued.TOPIC, DocumentSendAsked.TOPIC)

    def __init__(self, desk: InvoiceDesk, activities: Activities) -> None:
        self._desk = desk
        self._activities = activities

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        match fact_of(event):
            case InvoiceIssued() as fact:
                return [asking_for(event, self.name, fact, fact.number)]
            case CreditNoteIssued() as fact:
                return [asking_for(event, self.name, fact, fact.note.number)]
            case DocumentSendAsked(is_kept=False) as fact:
                return [asking_for(event, self.name, fact, fact.number)]
        return []

    async def call(self, call: Call) -> Command[object] | None:
        """Make it, keep it, and return what records that."""
        org, asked = call.name.org, read_asked(call.content)
        state = await self._desk.state(org, asked.invoice)
        if state.document(asked.number) is not None:
            return None
        activity = await self._activity(call, asked, state)
        document = await self._desk.document(org, state, asked.number, activity)
        documents = await asyncio.to_thread(self._desk.documents)
        pdf = await asyncio.to_thread(documents.pdf, document)
        xml = await asyncio.to_thread(documents.xml, document)
        kept = KeptDocument(
            number=asked.number,
            pdf=await self._desk.keep(org, "pdf", pdf),
            xml=await self._desk.keep(org, "xml", xml),
            activity=activity,
        )
        return RecordDocument(org, ACTOR, asked.invoice, kept)

    async def _activity(self, call: Call, asked: Asked, state: InvoiceState) -> Activity | None:
        """Return what an invoice tells of credits. The fact that asks for it was recorded after the
        time that it tells of, so its sequence suffices."""
        draft, issued = state.draft, state.issued
        if draft.tells is None or issued is None or asked.number != issued.number:
            return None
        org, time, seen = call.name.org, draft.tells, int(call.name.key)
        return await self._desk.look(lambda: self._activities.of(org, draft.user, time, seen))
