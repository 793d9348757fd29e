"""Customers: who they are, where their things go, and what they have bought."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from api.queries.reader import Reader, Row
from ledger.customers.profile import Profile
from ledger.customers.saved_address import AddressBook
from ledger.kernel.decoding import converted, decoded
from ledger.ordering.contact import PostalAddress

CUSTOMERS = "customers"
"""The read model."""


class FoundAddress(NamedTuple):
    """A saved address; None as what it says: that was erased."""

    id: str
    address: PostalAddress | None
    is_default: bool


class FoundDetails(NamedTuple):
    """What is known of a customer; None as the profile: there is none, or it was erased."""

    profile: Profile | None = None
    addresses: tuple[FoundAddress, ...] = ()


class Spending(msgspec.Struct, frozen=True):
    """What a customer has bought in a currency, and what of that went back."""

    currency: str
    orders: int
    spent: int
    refunded: int


class FoundCustomer(NamedTuple):
    """A customer, with what it has bought; times in microseconds."""

    user: str
    profile: Profile | None
    known_us: int | None
    first_order_us: int | None
    last_order_us: int | None
    spending: list[Spending]


async def details_of(reader: Reader, org: str, user: str) -> FoundDetails:
    """Return what is known of a customer, if anything is."""
    row = await reader.row(org, "customers/details", {"org": org, "user": user})
    if row is None:
        return FoundDetails()
    book, texts = converted(row["book"], AddressBook), row["addresses"] or {}
    addresses = (
        FoundAddress(
            each.id,
            decoded(texts[each.text], PostalAddress) if each.text in texts else None,
            each.id == book.default,
        )
        for each in book.addresses
    )
    return FoundDetails(_profile(row), tuple(addresses))


async def customers_of(
    reader: Reader, org: str, user: str | None, after: str, limit: int
) -> list[FoundCustomer]:
    """Return the customers after one of them by their ids, or one."""
    asked = {"org": org, "user": user, "after": after, "limit": limit}
    return [
        FoundCustomer(
            row["owner"],
            _profile(row),
            row["known_us"],
            row["first_order_us"],
            row["last_order_us"],
            converted(row["spending"] or [], list[Spending]),
        )
        for row in await reader.rows(org, "customers/customers", asked)
    ]


def _profile(row: Row) -> Profile | None:
    return None if row["profile"] is None else decoded(row["profile"], Profile)
