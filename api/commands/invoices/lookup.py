"""Lookup of invoices, and of what they are issued by: settings, tax rates, payers and numbers."""

from __future__ import annotations

from api.commands.unit_of_work import UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.number_book import NumberBook, numbers_id
from ledger.invoices.payer import Payer
from ledger.invoices.payer_details import PayerDetails, payer_id
from ledger.invoices.settings import Seller, Series
from ledger.invoices.settings_book import SettingsBook, settings_id
from ledger.invoices.tax_book import TaxBook, tax_id
from ledger.invoices.tax_rates import TaxPlace, TaxRates
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import PLATFORM


def find_invoice(unit: UnitOfWork, org: str, invoice: str) -> Invoice:
    """Return an invoice. Refused where there is no such invoice."""
    found = unit.get(Invoice, invoice_id(org, invoice))
    if found is None:
        raise NotFound("there is no invoice of that id.", field="id")
    return found


def settings_of(unit: UnitOfWork, org: str) -> SettingsBook | None:
    """Return an org's settings, if it has decided any."""
    return unit.get(SettingsBook, settings_id(org))


def tax_rates_of(unit: UnitOfWork, org: str) -> TaxRates | None:
    """Return an org's tax rates, else the platform's, if there are any."""
    for each in (org, PLATFORM):
        book = unit.get(TaxBook, tax_id(each))
        if book is not None:
            return book.in_force
    return None


def payer_of(unit: UnitOfWork, org: str, user: str, seller: Seller) -> Payer:
    """Return what is known of a payer; who is not known is where the org is."""
    found = unit.get(PayerDetails, payer_id(org, user))
    if found is None or found.payer is None:
        return Payer(TaxPlace(seller.country))
    return found.payer


def numbers_of(unit: UnitOfWork, org: str, series: Series) -> NumberBook:
    """Return the numbers of a series; one that has none begins."""
    found = unit.get(NumberBook, numbers_id(org, series))
    return found or NumberBook.open(org, series, unit.now(org))
