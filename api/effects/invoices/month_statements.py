"""Month statements: each that is asked for is made and kept, and sent once where that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from api.commands.command import Command
from api.commands.invoices.statements import RecordStatement, RecordStatementSent
from api.effects.effect import FactEffect, asking
from api.effects.invoices.kept_documents import ACTOR, InvoiceDesk
from api.effects.invoices.mailing import mailed
from ledger.invoices.activity import CreditTime
from ledger.invoices.invoice_base import Delivery
from ledger.invoices.month_statement import MonthStatement
from ledger.invoices.ports import Activities, Attachment, Mail
from ledger.invoices.printing import printed_statement, time_of
from ledger.invoices.statement_state import KeptStatement
from ledger.kernel.decoding import decoder
from ledger.ports import Clock, RecordedEvent
from ledger.registry import fact_of
from projections.ports import Call


class AskedStatement(msgspec.Struct, frozen=True):
    """A statement of a payer, by its month, and when it was asked for."""

    user: str
    month: str
    at_us: int


_asked = decoder(AskedStatement)


class KeptStatements(FactEffect):
    """Makes and keeps statements."""

    name = "month-statements"
    types = (MonthStatement.StatementAsked.TOPIC,)

    def __init__(self, desk: InvoiceDesk, activities: Activities) -> None:
        self._desk = desk
        self._activities = activities

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        fact = fact_of(event)
        if isinstance(fact, MonthStatement.StatementAsked):
            asked = AskedStatement(fact.user, fact.stated.month, event.recorded_us)
            return [asking(event, self.name, asked)]
        return []

    async def call(self, call: Call) -> Command[object] | None:
        """Make it of what was recorded in its month, keep it, and return what records that."""
        org, asked, seen = call.name.org, _asked(call.content), int(call.name.key)
        state = await self._desk.statement(org, asked.user, asked.month)
        if state.kept is not None:
            return None
        time: CreditTime = time_of(state.stated.month)
        activity = await self._desk.look(lambda: self._activities.of(org, asked.user, time, seen))
        address = await self._desk.address(org, state.stated.payer.address)
        document = printed_statement(org, state.stated, activity, address)
        documents = await asyncio.to_thread(self._desk.documents)
        pdf = await asyncio.to_thread(documents.pdf, document)
        kept = KeptStatement(pdf=await self._desk.keep(org, "pdf", pdf), activity=activity)
        return RecordStatement(org, ACTOR, asked.user, asked.month, kept)


class MailedStatements(FactEffect):
    """Sends statements."""

    name = "month-statement-mail"
    types = (MonthStatement.StatementKept.TOPIC,)

    def __init__(self, desk: InvoiceDesk, mail: Mail, clock: Clock) -> None:
        self._desk = desk
        self._mail = mail
        self._clock = clock

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        match fact_of(event):
            case MonthStatement.StatementKept(is_mailed=True) as fact:
                asked = AskedStatement(fact.user, fact.month, event.recorded_us)
                return [asking(event, self.name, asked)]
        return []

    async def call(self, call: Call) -> Command[object] | None:
        """Send it, if there is somebody to send it to, and return what records what became of
        it."""
        org, asked = call.name.org, _asked(call.content)
        state = await self._desk.statement(org, asked.user, asked.month)
        mailbox = await self._desk.mailbox(org, asked.user)
        if state.kept is None or state.delivery is not None or mailbox is None:
            return None
        address = await self._desk.address(org, state.stated.payer.address)
        document = printed_statement(org, state.stated, state.kept.activity, address)
        documents = await asyncio.to_thread(self._desk.documents)
        letter = documents.letter(document)
        pdf = await self._desk.kept(org, "pdf", state.kept.pdf)
        refused = await mailed(
            self._mail,
            call,
            letter,
            mailbox,
            sender=document.seller.email,
            sender_name=document.seller.name,
            at_us=asked.at_us,
            attachments=[Attachment(f"statement-{asked.month}.pdf", "application/pdf", pdf)],
        )
        delivery = Delivery(
            asked=int(call.name.key),
            number=asked.month,
            at_us=self._clock(),
            address=mailbox.digest,
            refused=refused,
        )
        return RecordStatementSent(org, ACTOR, asked.user, asked.month, delivery)
