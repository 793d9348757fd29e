"""The payer of invoices: where they are taxed, and as an erasable text who they are."""

from __future__ import annotations

import msgspec

from ledger.invoices.settings import check_language, check_lines
from ledger.invoices.tax_rates import TaxPlace
from ledger.invoices.vat_ids import check_country, check_vat_id
from ledger.kernel.decoding import decoded
from ledger.kernel.ids import check_text

PAYER = "payer"
"""The kind of an erasable text: a payer's name and address."""


class Address(msgspec.Struct, frozen=True):
    """Who a payer is: the content of the erasable text, as JSON."""

    name: str
    address: list[str] = msgspec.field(default_factory=list)
    postal_code: str | None = None
    city: str | None = None
    vat_id: str | None = None
    email: str | None = None
    country: str | msgspec.UnsetType = msgspec.UNSET
    """Of an order's address; a payer's is where they are taxed."""


class _AddressText(msgspec.Struct, frozen=True):
    """What tells one kind of text from the other."""

    name: str | None = None
    email: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None


class Payer(msgspec.Struct, frozen=True):
    """What is known of a payer: where they are taxed, the digest of their address and their
    language."""

    place: TaxPlace
    address: str | None = None
    language: str | None = None


def address_in(text: str) -> Address | None:
    """Return the address that an erasable text says: a payer's, or that of the contact of an order,
    where it is billed before where it goes. None: it says neither."""
    told = decoded(text, _AddressText)
    if told.name is not None:
        return decoded(text, Address)
    address = told.billing_address or told.shipping_address
    if address is not None:
        return msgspec.structs.replace(address, email=told.email)
    return None if told.email is None else Address(told.email, email=told.email)


def check_payer(
    address: Address, country: str, region: str | None, language: str | None
) -> tuple[Address, TaxPlace]:
    """Return an address with its VAT id in one form, and where it is taxed. Raises Invalid."""
    check_country(country)
    for name in ("name", "postal_code", "city", "email"):
        if (text := getattr(address, name)) is not None:
            check_text(text, name)
    check_lines(address.address, "address")
    if region is not None:
        check_text(region, "region")
    if language is not None:
        check_language(language, "language")
    vat_id = address.vat_id and check_vat_id(address.vat_id, country)
    place = TaxPlace(country, region, has_vat_id=vat_id is not None)
    return msgspec.structs.replace(address, vat_id=vat_id), place
