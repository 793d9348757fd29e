"""Taxation: by what taxes are worked out in an org, for a payer or for a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.queries.invoices.settings import tax_rates_of
from api.queries.reader import Reader, Row
from ledger.invoices.bill import Rounding, TaxOf
from ledger.invoices.payer import Payer
from ledger.invoices.preview import tax_of
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.tax_rates import TaxPlace, TaxRate, TaxRates
from ledger.kernel.decoding import converted
from ledger.kernel.ids import PLATFORM
from ledger.kernel.times import moment


class Taxation(NamedTuple):
    """An org's settings and its own tax rates, and what is known of a payer."""

    settings: InvoiceSettings | None
    rates: TaxRates | None
    payer: Payer | None

    @property
    def rounding(self) -> Rounding:
        """Where tax is rounded."""
        return Rounding.LINE if self.settings is None else self.settings.rounding

    def place(self, ship_to: TaxPlace | None) -> TaxPlace | None:
        """Return where something is taxed that is sent to a place, or to none: there, else where
        the payer is, else where the org is; None: nobody has told."""
        payer = self.payer.place if self.payer else None
        if ship_to is not None:
            has_vat_id = payer is not None and payer.country == ship_to.country and payer.has_vat_id
            return TaxPlace(ship_to.country, ship_to.region, has_vat_id=has_vat_id)
        if payer is not None:
            return payer
        return None if self.settings is None else TaxPlace(self.settings.seller.country)


def taxation_asked(org: str, user: str | None) -> tuple[str, Mapping[str, object]]:
    """Return the question of an org's taxation, for who asks more in the same round trip."""
    return "invoices/taxation", {"org": org, "user": user}


def taxation_in(org: str, row: Row) -> Taxation:
    """Return the taxation that a row says."""
    settings, rates, payer = row["settings"], row["rates"], row["payer"]
    own = rates and TaxRates(org, row["rates_version"], converted(rates, list[TaxRate]))
    return Taxation(
        settings and converted(settings, InvoiceSettings),
        own,
        payer and converted(payer, Payer),
    )


async def taxes_of(
    reader: Reader, taxation: Taxation, ship_to: TaxPlace | None, at_us: int
) -> TaxOf:
    """Return what taxes items that are sent to a place at a moment, by the org's rates, else by the
    platform's, which are asked for only then."""
    place = taxation.place(ship_to)
    if place is None:
        return lambda item: None
    rates = taxation.rates or await tax_rates_of(reader, PLATFORM)
    seller = place.country if taxation.settings is None else taxation.settings.seller.country
    return tax_of(rates, place, seller, moment(at_us))
