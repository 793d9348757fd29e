"""Invoices as they are: one with all that is printed of it, a preview, and the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from api.queries.invoices.settings import address_of, payer_of, settings_of, tax_rates_of
from api.queries.lists import ModelList
from api.queries.reader import Reader
from ledger.invoices.bill import Bill
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.item import Draft
from ledger.invoices.payer import Address, Payer
from ledger.invoices.preview import preview
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.decoding import converted


class FoundInvoice(NamedTuple):
    """An invoice: its id, all that it says, and its payer's address unless that was erased."""

    id: str
    state: InvoiceState
    address: Address | None

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.state.draft.user


class ListedInvoice(NamedTuple):
    """An invoice of a list: amounts in the currency's smallest unit, `net` without tax, times in
    microseconds."""

    id: str
    owner: str
    currency: str
    status: str
    number: str | None
    net: int | None
    tax: int | None
    total: int | None
    remaining: int | None
    drafted_us: int
    issued_us: int | None
    due_us: int | None
    ended_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.drafted_us, self.id


INVOICES = ModelList("invoices", "invoices/invoices", ListedInvoice)


async def invoice_of(reader: Reader, org: str, invoice: str) -> FoundInvoice | None:
    """Return an invoice as it is now, with all that is printed of it."""
    row = await reader.row(org, "invoices/invoice", {"org": org, "id": invoice})
    if row is None:
        return None
    state = converted(row["invoice"], InvoiceState)
    digest = state.issued.payer.address if state.issued else None
    return FoundInvoice(row["id"], state, await address_of(reader, org, digest))


async def invoices_of(reader: Reader, org: str, invoices: Iterable[str]) -> dict[str, InvoiceState]:
    """Return those of an org that have these ids, as they are now."""
    rows = [
        await reader.row(org, "invoices/invoice", {"org": org, "id": invoice})
        for invoice in invoices
    ]
    return {row["id"]: converted(row["invoice"], InvoiceState) for row in rows if row}


async def preview_of(reader: Reader, org: str, draft: Draft, at: datetime) -> Bill | None:
    """Return what a draft comes to at a moment, if the org has said who it is on its invoices."""
    found = await settings_of(reader, org)
    if found is None:
        return None
    known = await payer_of(reader, org, draft.user)
    payer = known.payer if known else Payer(TaxPlace(found.settings.seller.country))
    return preview(draft, found.settings, await tax_rates_of(reader, org), payer, at)
