"""Facts of a customer: that it begins to be known, who it is, and its addresses."""

from __future__ import annotations

from typing import ClassVar

from ledger.customers.customer_base import CustomerBase, CustomerFact
from ledger.customers.profile import PROFILE
from ledger.customers.saved_address import ADDRESS
from ledger.kernel.aggregate import FirstFact
from ledger.kernel.texts import TextOwner


class CustomerMet(CustomerFact, FirstFact):
    """A customer begins to be known."""

    TOPIC: ClassVar[str] = "customers.CustomerMet"


class CustomerProfileSet(CustomerFact):
    """Who a customer is. `profile`: the digest of an erasable text."""

    TOPIC: ClassVar[str] = "customers.CustomerProfileSet"
    fingerprint: str
    profile: str

    def apply(self, aggregate: CustomerBase) -> None:
        aggregate.profile = self.profile

    def text_of(self, line: int) -> str | None:
        return self.profile

    def texts(self, subject: str) -> dict[str, TextOwner]:
        return {self.profile: TextOwner(PROFILE, self.person(subject))}


class CustomerAddressSet(CustomerFact):
    """An address was saved, or changed. `text`: the digest of what it says; `is_default`: that it
    became the default then."""

    TOPIC: ClassVar[str] = "customers.CustomerAddressSet"
    fingerprint: str
    address: str
    text: str
    is_default: bool = False

    def apply(self, aggregate: CustomerBase) -> None:
        book = aggregate.book
        aggregate.book = book.having(self.address, self.text, is_default=self.is_default)

    def text_of(self, line: int) -> str | None:
        return self.text

    def texts(self, subject: str) -> dict[str, TextOwner]:
        return {self.text: TextOwner(ADDRESS, self.person(subject))}


class CustomerAddressRemoved(CustomerFact):
    """An address is not offered any more. Its text stays until the person's are erased."""

    TOPIC: ClassVar[str] = "customers.CustomerAddressRemoved"
    fingerprint: str
    address: str

    def apply(self, aggregate: CustomerBase) -> None:
        aggregate.book = aggregate.book.without(self.address)
