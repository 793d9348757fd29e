"""Mailed documents: each that is kept is sent once, and again for each time that it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from api.commands.command import Command
from api.commands.invoices.documents import RecordSent
from api.effects.effect import FactEffect
from api.effects.invoices.kept_documents import ACTOR, Asked, InvoiceDesk, asking_for, read_asked
from api.effects.invoices.mailing import mailed
from ledger.invoices.documents import NOBODY, DocumentKept, DocumentSendAsked
from ledger.invoices.invoice_base import Delivery, InvoiceState, Status
from ledger.invoices.payment_page import page_of
from ledger.invoices.ports import Attachment, Mail, Mailbox
from ledger.kernel.outside import NotTaken
from ledger.ports import Clock, RecordedEvent
from ledger.registry import fact_of
from projections.ports import Call


class MailedDocuments(FactEffect):
    """Sends documents."""

    name = "invoice-mail"
    types = (DocumentKept.TOPIC, DocumentSendAsked.TOPIC)

    def __init__(self, desk: InvoiceDesk, mail: Mail, clock: Clock) -> None:
        self._desk = desk
        self._mail = mail
        self._clock = clock

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        match fact_of(event):
            case DocumentKept() as fact:
                return [asking_for(event, self.name, fact, fact.document.number)]
            case DocumentSendAsked(is_kept=True) as fact:
                return [asking_for(event, self.name, fact, fact.number)]
        return []

    async def call(self, call: Call) -> Command[object] | None:
        """Send it, and return what records what became of it. Where there is nobody to send it to,
        only whoever has asked is told so; what was made void meanwhile is sent to who asks."""
        org, asked = call.name.org, read_asked(call.content)
        state = await self._desk.state(org, asked.invoice)
        of = int(call.name.key)
        if any(each.asked == of for each in state.deliveries):
            return None
        digest = state.issued.payer.address if state.issued else None
        mailbox = await self._desk.mailbox(org, state.draft.user, digest)
        if not asked.is_by_hand and (mailbox is None or state.status is Status.VOID):
            return None
        sent = await self._send(call, asked, state, mailbox) if mailbox else _Sent(None, NOBODY)
        delivery = Delivery(
            asked=of,
            number=asked.number,
            at_us=self._clock(),
            address=sent.address,
            refused=sent.refused,
        )
        return RecordSent(org, ACTOR, asked.invoice, delivery)

    async def _send(self, call: Call, asked: Asked, state: InvoiceState, mailbox: Mailbox) -> _Sent:
        kept = state.document(asked.number)
        if kept is None:
            raise NotTaken("the document is not kept yet.")
        document = await self._desk.document(call.name.org, state, asked.number)
        pdf = await self._desk.kept(call.name.org, "pdf", kept.pdf)
        documents = await asyncio.to_thread(self._desk.documents)
        letter = documents.letter(document, await self._pay_url(call.name.org, asked, state))
        refused = await mailed(
            self._mail,
            call,
            letter,
            mailbox,
            sender=document.seller.email,
            sender_name=document.seller.name,
            at_us=asked.at_us,
            attachments=[Attachment(f"{asked.number}.pdf", "application/pdf", pdf)],
        )
        return _Sent(mailbox.digest, refused)

    async def _pay_url(self, org: str, asked: Asked, state: InvoiceState) -> str | None:
        """Return where what is left of an invoice is paid, if its org has said so."""
        settings = await self._desk.settings(org)
        if settings is None or settings.payment_url is None or not state.left or not state.issued:
            return None
        number, user = state.issued.number, state.draft.user
        return page_of(settings.payment_url, invoice=asked.invoice, number=number, user=user)


class _Sent(NamedTuple):
    """To the address of which digest it went, and why it was refused."""

    address: str | None
    refused: str | None = None
