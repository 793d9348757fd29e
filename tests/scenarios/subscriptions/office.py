"""An office that tells payers of their subscriptions by mail, over a world."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from adapters.documents.reminders import MailedReminders
from api.effects.invoices.kept_documents import InvoiceDesk
from api.effects.subscriptions.reminders import SentReminders
from ledger.invoices.document import Document
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.payer import Address, Payer
from ledger.invoices.ports import Blobs, KnownPayer, Letter, MailRefused, Message
from ledger.invoices.settings import InvoiceSettings, NumberFormat, Seller
from ledger.invoices.statement_state import StatementState
from ledger.invoices.tax_rates import TaxPlace
from ledger.subscriptions.reminder import Topic
from ledger.subscriptions.subscription_base import SubscriptionState
from tests.scenarios.commands import ORG, USER
from tests.scenarios.invoices.folding import invoice_of
from tests.scenarios.subscriptions.folding import every, subscription_of
from tests.scenarios.world import World

EMAIL = "ada@example.org"


class Office(NamedTuple):
    """What is known of invoices, subscriptions and payers, and the mail that was sent."""

    world: World
    came: list[Message]
    refuses: list[str]
    known: list[KnownPayer | None]

    def of(self, org: str, name: str) -> SubscriptionState | None:
        assert (org, name) == (ORG, USER)
        return subscription_of(self.world)

    async def send(self, message: Message) -> None:
        if self.refuses:
            raise MailRefused("the recipient was refused: 550", self.refuses[0])
        self.came.append(message)

    async def examine(self) -> str:
        return "a list"


class Invoices(NamedTuple):
    """What is known of invoices."""

    office: Office

    def of(self, org: str, invoice: str) -> InvoiceState | None:
        return invoice_of(self.office.world, invoice)

    def statement(self, org: str, user: str, month: str) -> StatementState | None:
        return None

    def address(self, org: str, digest: str | None) -> Address | None:
        return None

    def text(self, org: str, digest: str | None) -> str | None:
        return None

    def payer(self, org: str, user: str) -> KnownPayer | None:
        return self.office.known[-1]

    def settings(self, org: str) -> InvoiceSettings | None:
        return InvoiceSettings(
            seller=Seller("Acme Ltd", "DE", email="billing@acme.example"),
            invoices=NumberFormat("INV-{year}-{number:06}"),
            payment_url="https://pay.example/{user}/{number}?i={invoice}",
        )


class NoDocuments:
    """What no reminder asks for."""

    def pdf(self, document: Document) -> bytes:
        raise AssertionError

    xml = pdf

    def letter(self, document: Document, pay_url: str | None = None) -> Letter:
        raise AssertionError

    def put(self, name: str, content: bytes) -> None:
        raise AssertionError

    def get(self, name: str) -> bytes | None:
        raise AssertionError


def office_of(world: World) -> Office:
    """An office that knows where the payer's mail goes."""
    known = KnownPayer(Payer(TaxPlace("DE"), "digest"), Address("Ada", email=EMAIL))
    return Office(world, [], [], [known])


def work(office: Office) -> None:
    """Make the calls that events ask for, each as often as there is one."""
    nothing: Blobs = NoDocuments()
    desk = InvoiceDesk(Invoices(office), NoDocuments, nothing)
    effect = SentReminders(desk, office, MailedReminders, office, office.world.clock)
    for event, _ in every(office.world):
        for call in effect.calls_of(event):
            command = asyncio.run(effect.call(call))
            if command is not None:
                office.world.given(command)


def topics(office: Office) -> list[Topic]:
    """What was told, as the subscription knows it."""
    return [each.topic for each in subscription_of(office.world).reminders]
