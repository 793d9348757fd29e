"""The office: a service that issues invoices, where their documents go, and orgs with a payer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from api.commands.command import Command
from api.container import clock_us, event_store, ledger
from api.settings import Settings
from api.writer.every_shard import EveryShard
from ledger.kernel.errors import LedgerError
from tests.api.invoices.story import BILLING, INVOICES, PAYER
from tests.api.served import Api, Json, Served, done
from tests.contracts.invoices.mail_server import MailServer
from tests.effect_work import make_all_due, make_calls


@dataclass
class Office:
    """An org that issues invoices, and where their documents go."""

    service: Served
    settings: Settings
    mail: MailServer

    @property
    def blobs(self) -> Path:
        """Where documents are kept."""
        return self.settings.data / "blobs"

    def work(self, **changed: str | None) -> None:
        """Make the calls that are due, then those that follow from what they recorded."""
        settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        for _ in range(2):
            make_calls(settings, self.service.ends.database)

    def work_later(self, **changed: str | None) -> None:
        """Make all calls that wait, as if their time had come."""
        make_all_due(self.service.ends.database)
        self.work(**changed)

    def run(self, command: Command[object]) -> None:
        """Have the ledger do it, as the process of jobs does."""
        store = event_store(self.service.ends.database, "sweep")
        (outcome,) = EveryShard(ledger(store), clock_us).run([command])
        store.close()
        assert not isinstance(outcome, LedgerError), outcome

    def came_to(self, address: str) -> list[EmailMessage]:
        """The mail to an address."""
        return [each for each in self.mail.messages if each["To"] == address]


@dataclass
class Org:
    """An org of a test's own, and a payer with an address of their own."""

    admin: Api
    email: str

    def knows(self, **more: object) -> None:
        """Say who the payer is."""
        details = PAYER | {"email": self.email} | more
        done(self.admin.send(f"{BILLING}/payer-details", details, method="PUT"))

    def issued(self) -> str:
        """The path of a new invoice."""
        draft = {"user": "ada", "currency": "eur", "items": [{"text": "work", "amount": "100"}]}
        path = f"{INVOICES}/{done(self.admin.send(INVOICES, draft))['invoice']}"
        done(self.admin.send(f"{path}/issue"))
        return path

    def look(self, path: str) -> Json:
        return done(self.admin.get(path))

    def refusals(self, path: str) -> list[str | None]:
        """What became of each message."""
        return [each["refused"] for each in self.look(path)["deliveries"]]
