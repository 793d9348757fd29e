"""The base of a customer, which its facts are written against: its state and their base."""

from __future__ import annotations

from ledger.customers.saved_address import AddressBook
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of


class CustomerBase(LedgerAggregate):
    """One customer, without a word of what it can decide."""

    def __init__(self) -> None:
        self.profile: str | None = None
        """The digest of the text that says who it is."""
        self.book = AddressBook()


class CustomerFact(LedgerAggregate.Event):
    """Something that became known of a customer."""

    def person(self, subject: str) -> str:
        return name_of(self.originator_id)
