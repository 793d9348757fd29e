"""The preview of an invoice: what a draft comes to now, by pure functions that move nothing."""

from __future__ import annotations

from datetime import datetime

from ledger.invoices.bill import Bill, TaxOf, bill_of
from ledger.invoices.item import Draft, Item
from ledger.invoices.payer import Payer
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.tax_rates import AppliedTax, TaxPlace, TaxRates
from ledger.kernel.times import microseconds


def tax_of(rates: TaxRates | None, place: TaxPlace, seller_country: str, at: datetime) -> TaxOf:
    """Return what taxes items for a payer at a moment; without rates nothing does."""

    def applied(item: Item) -> AppliedTax | None:
        if rates is None:
            return None
        return rates.rate_for(
            place, seller_country, item.category, microseconds(at), includes_tax=item.includes_tax
        )

    return applied


def preview(
    draft: Draft,
    settings: InvoiceSettings,
    rates: TaxRates | None,
    payer: Payer,
    at: datetime,
) -> Bill:
    """Return what an invoice of a draft would say if it were issued at a moment."""
    taxes = tax_of(rates, payer.place, settings.seller.country, at)
    return bill_of(draft, taxes, settings.rounding)
