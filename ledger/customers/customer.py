"""The customer: a user of an org with a profile and addresses, which are erasable texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.customers import customer_facts
from ledger.customers.customer_base import CustomerBase, CustomerFact
from ledger.customers.saved_address import no_such_address
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.limits import ADDRESSES_PER_CUSTOMER_MAX
from ledger.kernel.rows import TableRow

CUSTOMER_STREAM = "customer"
CUSTOMER_DETAILS = "customer_details"
"""The table that says what is known of each."""


class Customer(CustomerBase):
    """What is known of one customer."""

    TOPIC: ClassVar[str] = "customers.Customer"
    STREAM: ClassVar[str] = f"{CUSTOMER_STREAM}/"

    def __init__(self) -> None:
        super().__init__()

    Event = CustomerFact

    CustomerMet = customer_facts.CustomerMet
    CustomerProfileSet = customer_facts.CustomerProfileSet
    CustomerAddressSet = customer_facts.CustomerAddressSet
    CustomerAddressRemoved = customer_facts.CustomerAddressRemoved

    @classmethod
    def meet(cls, org: str, user: str, at: datetime) -> Customer:
        """Begin to know a customer."""
        return cls._create(cls.CustomerMet, id=customer_id(org, user), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "owner": name_of(self.id),
            "profile": self.profile,
            "book": msgspec.to_builtins(self.book),
        }
        return [TableRow(CUSTOMER_DETAILS, columns)]

    def set_profile(self, profile: str, at: datetime, *, fingerprint: str) -> None:
        """Know who a customer is, by the digest of the text that says it."""
        self.trigger_event(
            self.CustomerProfileSet, timestamp=at, fingerprint=fingerprint, profile=profile
        )

    def add_address(
        self, address: str, text: str, at: datetime, *, is_default: bool, fingerprint: str
    ) -> None:
        """Save an address. Raises Conflict where there are as many as can be."""
        if len(self.book.addresses) >= ADDRESSES_PER_CUSTOMER_MAX:
            raise Conflict(
                f"a customer has at most {ADDRESSES_PER_CUSTOMER_MAX} addresses: remove one.",
                field="address",
            )
        self._set_address(address, text, at, is_default=is_default, fingerprint=fingerprint)

    def change_address(
        self, address: str, text: str, at: datetime, *, is_default: bool, fingerprint: str
    ) -> None:
        """Have a saved address say something else. Raises NotFound."""
        self._require(address)
        self._set_address(address, text, at, is_default=is_default, fingerprint=fingerprint)

    def remove_address(self, address: str, at: datetime, *, fingerprint: str) -> None:
        """Remove an address. Raises NotFound."""
        self._require(address)
        self.trigger_event(
            self.CustomerAddressRemoved, timestamp=at, fingerprint=fingerprint, address=address
        )

    def _require(self, address: str) -> None:
        if address not in self.book:
            raise no_such_address()

    def _set_address(
        self, address: str, text: str, at: datetime, *, is_default: bool, fingerprint: str
    ) -> None:
        self.trigger_event(
            self.CustomerAddressSet,
            timestamp=at,
            fingerprint=fingerprint,
            address=address,
            text=text,
            is_default=is_default,
        )


def customer_id(org: str, user: str) -> str:
    """Return the stream of a customer."""
    return stream_id(org, CUSTOMER_STREAM, user)
