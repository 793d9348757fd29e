"""Settings of invoices: `SetInvoiceSettings`, `PublishTaxRates` and `SetPayerDetails`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org, require_org_or_platform
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.invoices.payer import Payer
from ledger.invoices.payer_details import PayerDetails, payer_id
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.settings_book import SettingsBook, settings_id
from ledger.invoices.tax_book import TaxBook, tax_id
from ledger.invoices.tax_rates import TaxPlace, TaxRate
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class SetInvoiceSettings(KeyedCommand):
    """Decide who an org is on its invoices, and how they are numbered, rounded and due."""

    settings: InvoiceSettings

    operation: ClassVar[str] = "invoice-settings"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(SettingsBook, settings_id(self.org)) or SettingsBook.open(self.org, at)
        book.set(self.settings, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


@dataclass(frozen=True)
class PublishTaxRates(KeyedCommand):
    """Publish all tax rates of an org; the platform's are for all orgs without their own."""

    rates: Sequence[TaxRate]

    operation: ClassVar[str] = "tax-rates"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(TaxBook, tax_id(self.org)) or TaxBook.open(self.org, at)
        book.publish(self.rates, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


@dataclass(frozen=True)
class SetPayerDetails(KeyedCommand):
    """Say where a payer is and, in an erasable text, who. The text is compared by its digest."""

    user: str
    place: TaxPlace
    address: Text
    language: str | None = None

    operation: ClassVar[str] = "payers"

    @property
    def sealed(self) -> Text:
        return self.address

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(PayerDetails, payer_id(self.org, self.user))]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        found = unit.get(PayerDetails, payer_id(self.org, self.user))
        details = found or PayerDetails.open(self.org, self.user, at)
        payer = Payer(self.place, self.address.digest, self.language)
        details.set(payer, at, fingerprint=self.fingerprint)
        return unit.record(details, self.actor, self.key)
