"""The imported customer: who somebody is and where, as invoices to them say.

They are known by the id that the shop has for them. An id stays in events for ever, so no address
of mail is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.imports.columns import Cells
from api.imports.html_text import clean_line
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, Remark
from ledger.invoices.payer import Address, check_payer
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_user

SHOPIFY_COLUMNS: dict[str, tuple[str, ...]] = {
    "user": ("customer id",),
    "first name": (),
    "last name": (),
    "company": ("default address company",),
    "address 1": ("default address address1",),
    "address 2": ("default address address2",),
    "city": ("default address city",),
    "region": ("default address province code",),
    "country": ("default address country code",),
    "postal code": ("default address zip",),
    "email": (),
    "consent": ("accepts email marketing", "accepts marketing"),
    "spent": ("total spent",),
    "note": (),
    "tags": (),
    "telephone": ("phone",),
    "address telephone": ("default address phone",),
    "tax exempt": (),
}
OWN_COLUMNS: dict[str, tuple[str, ...]] = {
    "user": ("customer", "customer id", "customer_id"),
    **{
        name: ()
        for name in (
            *("name", "company", "address 1", "address 2", "city", "region", "country"),
            *("postal code", "email", "vat id", "language"),
        )
    },
}
LEFT_OUT = {
    "consent": "consent to mail left out",
    "note": "note left out",
    "tags": "tags left out",
    "telephone": "telephone left out",
    "address telephone": "telephone left out",
}


@dataclass(frozen=True)
class ImportedCustomer:
    """A customer to be known."""

    line: int
    user: str
    address: Address
    country: str
    region: str | None
    language: str | None
    remarks: tuple[Remark, ...]


def _named(cells: Cells) -> tuple[str, Sequence[str]]:
    return cells["user"], [cells["user"]]


def _read(rows: Sequence[Cells]) -> ImportedCustomer:
    """Return the customer of a row. Why it is not taken names no person."""
    row = rows[0]
    user = row["user"].removeprefix("'")
    if not user or "@" in user:
        raise NotTaken(row.line, "it has no id of the customer; an address of mail is none.")
    if len(rows) > 1:
        raise NotTaken(rows[1].line, f"its customer is that of line {row.line}, too.")
    person = row["name"] or f"{row['first name']} {row['last name']}"
    address = Address(
        _text(row["company"] or person) or "",
        [line for line in map(_text, _lines(row, person)) if line],
        _text(row["postal code"].removeprefix("'")),
        _text(row["city"]),
        row["vat id"] or None,
        _text(row["email"]),
    )
    country, region = row["country"].upper(), _text(row["region"])
    language = row["language"] or None
    try:
        check_user(user)
        if not address.name:
            raise Invalid("name must be there.", field="name")
        address, _ = check_payer(address, country, region, language)
    except Invalid as refusal:
        raise NotTaken(row.line, f"the customer cannot be known: {refusal}") from None
    return ImportedCustomer(
        row.line, user, address, country, region, language, tuple(_remarks(row))
    )


def _lines(row: Cells, person: str) -> list[str]:
    return [person if row["company"] else "", row["address 1"], row["address 2"]]


def _text(text: str) -> str | None:
    return clean_line(text) or None


def _remarks(row: Cells) -> list[Remark]:
    found = [Remark(row.line, what) for thing, what in LEFT_OUT.items() if row[thing]]
    if row.truth("tax exempt", False):
        found.append(Remark(row.line, "pays no tax there: here a VAT id or a tax rate says so"))
    return found


_NEEDED = (("user",), ("country",))
_OF_SHOPIFY = (*_NEEDED, ("spent", "consent"))
SHOPIFY_CUSTOMERS = Platform("Shopify", SHOPIFY_COLUMNS, _OF_SHOPIFY, _named, _read)
OWN_CUSTOMERS = Platform("CSV", OWN_COLUMNS, (*_NEEDED, ("name", "company")), _named, _read)
