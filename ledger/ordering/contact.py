"""The contact of an order: to whom it goes, as an erasable text."""

from __future__ import annotations

import msgspec

from ledger.invoices.settings import check_lines
from ledger.invoices.vat_ids import check_country
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text

CONTACT = "contact"
"""The kind of an erasable text: the e-mail address and the addresses of an order."""


class PostalAddress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something is sent, or who is billed."""

    name: str
    country: str
    address: list[str] = []
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    phone: str | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is written to, where an order goes and who is billed: the content of the text, as
    JSON."""

    email: str | None = None
    shipping_address: PostalAddress | None = None
    billing_address: PostalAddress | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return self == Contact()


def check_contact(contact: Contact) -> None:
    """Raise Invalid where an address cannot be one."""
    if contact.email is not None:
        check_text(contact.email, "email")
        name, _, host = contact.email.rpartition("@")
        if not (name and host) or " " in contact.email:
            raise Invalid("email must be an address as ada@example.com.", field="email")
    for field in ("shipping_address", "billing_address"):
        address: PostalAddress | None = getattr(contact, field)
        if address is not None:
            check_address(address, f"{field}.")


def check_address(address: PostalAddress, within: str = "") -> None:
    """Raise Invalid where an address cannot be one. `within`: what stands before its fields."""
    check_country(address.country, f"{within}country")
    check_lines(address.address, f"{within}address")
    for name in ("name", "postal_code", "city", "region", "phone"):
        if (text := getattr(address, name)) is not None:
            check_text(text, f"{within}{name}")
