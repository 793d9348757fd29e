"""Settings of invoices as they are: an org's own, its tax rates, and what is known of payers."""

from __future__ import annotations

from typing import NamedTuple

from api.queries.reader import Reader
from ledger.invoices.payer import Address, Payer, address_in
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.tax_rates import TaxRate, TaxRates
from ledger.kernel.decoding import converted
from ledger.kernel.ids import PLATFORM


class FoundSettings(NamedTuple):
    """An org's settings, and which version they are."""

    version: int
    settings: InvoiceSettings


class FoundPayer(NamedTuple):
    """What is known of a payer; None as their address: it was erased."""

    payer: Payer
    address: Address | None


async def settings_of(reader: Reader, org: str) -> FoundSettings | None:
    """Return what an org has decided of its invoices, if it has."""
    row = await reader.row(org, "invoices/settings", {"org": org})
    if row is None:
        return None
    return FoundSettings(row["settings_version"], converted(row["settings"], InvoiceSettings))


async def tax_rates_of(reader: Reader, org: str) -> TaxRates | None:
    """Return the tax rates that hold for an org: its own, else the platform's."""
    for each in dict.fromkeys((org, PLATFORM)):
        row = await reader.row(each, "invoices/tax_rates", {"org": each})
        if row is not None:
            rates = converted(row["rates"], list[TaxRate])
            return TaxRates(each, row["rates_version"], rates)
    return None


async def payer_of(reader: Reader, org: str, user: str) -> FoundPayer | None:
    """Return what is known of a payer, if something is."""
    row = await reader.row(org, "invoices/payer", {"org": org, "user": user})
    if row is None:
        return None
    payer = converted(row["payer"], Payer)
    return FoundPayer(payer, await address_of(reader, org, payer.address))


async def address_of(reader: Reader, org: str, digest: str | None) -> Address | None:
    """Return the address behind a digest, unless it was erased."""
    if digest is None:
        return None
    row = await reader.row(org, "invoices/address", {"org": org, "digest": digest})
    return None if row is None else address_in(row["content"])
