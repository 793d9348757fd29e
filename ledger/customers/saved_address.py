"""The saved address: where a customer has things sent, or is billed, as an erasable text."""

from __future__ import annotations

import re

import msgspec

from ledger.kernel.errors import NotFound

ADDRESS = "address"
"""The kind of an erasable text: an address that a customer has saved."""

_ID = re.compile(r"adr_[0-9a-f]{24}")


class SavedAddress(msgspec.Struct, frozen=True):
    """An address of a customer, and the digest of its text."""

    id: str
    text: str


class AddressBook(msgspec.Struct, frozen=True, omit_defaults=True):
    """A customer's addresses, those saved first first. `default`: the id of the one that is taken
    where none is said; the first that was saved, until another is."""

    addresses: list[SavedAddress] = []
    default: str | None = None

    def having(self, address: str, text: str, *, is_default: bool) -> AddressBook:
        """Return it with an address, which is new or says something else now."""
        kept = SavedAddress(address, text)
        addresses = [kept if each.id == address else each for each in self.addresses]
        if kept not in addresses:
            addresses.append(kept)
        return AddressBook(addresses, address if is_default else self.default or address)

    def without(self, address: str) -> AddressBook:
        """Return it without an address. Where that was the default the first of those that are left
        is."""
        left = [each for each in self.addresses if each.id != address]
        first = left[0].id if left else None
        return AddressBook(left, first if self.default == address else self.default)

    def __contains__(self, address: str) -> bool:
        return any(each.id == address for each in self.addresses)


def new_address_id(random: bytes) -> str:
    """Return the id of a saved address, from 12 random bytes."""
    return f"adr_{random.hex()}"


def check_address_id(address: str) -> str:
    """Return a text that can be the id of a saved address. Raises NotFound for any other."""
    if not _ID.fullmatch(address):
        raise no_such_address()
    return address


def no_such_address() -> NotFound:
    """Return what is raised where a customer has no address of an id."""
    return NotFound("you have saved no address of that id.", field="id")
