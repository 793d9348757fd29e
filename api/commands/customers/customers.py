"""Customers: `SetProfile`, `AddAddress`, `ChangeAddress` and `RemoveAddress`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.customers.customer import Customer, customer_id
from ledger.customers.saved_address import no_such_address
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class _OfCustomer(KeyedCommand):
    """Something about one customer."""

    user: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(Customer, customer_id(self.org, self.user))]

    def _customer(self, unit: UnitOfWork, at: datetime) -> Customer:
        """Return the customer, who is known from now on."""
        require_org(unit, self.org)
        found = unit.get(Customer, customer_id(self.org, self.user))
        return found or Customer.meet(self.org, self.user, at)

    def _known(self, unit: UnitOfWork) -> Customer:
        """Return the customer, if it has ever saved an address."""
        require_org(unit, self.org)
        found = unit.get(Customer, customer_id(self.org, self.user))
        if found is None:
            raise no_such_address()
        return found


@dataclass(frozen=True)
class SetProfile(_OfCustomer):
    """Say who a customer is, in an erasable text, which is compared by its digest."""

    profile: Text

    operation: ClassVar[str] = "customer-profiles"

    @property
    def sealed(self) -> Text:
        return self.profile

    def effect(self, unit: UnitOfWork) -> PendingFact:
        at = unit.now(self.org)
        customer = self._customer(unit, at)
        customer.set_profile(self.profile.digest, at, fingerprint=self.fingerprint)
        return unit.record(customer, self.actor, self.key)


@dataclass(frozen=True)
class _SaysAddress(_OfCustomer):
    """Have a saved address, an erasable text, be what is said from now on."""

    address: str
    text: Text
    is_default: bool

    @property
    def sealed(self) -> Text:
        return self.text


@dataclass(frozen=True)
class AddAddress(_SaysAddress):
    """Save an address. `address` is a fresh id."""

    operation: ClassVar[str] = "customer-addresses"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        at = unit.now(self.org)
        customer = self._customer(unit, at)
        customer.add_address(
            self.address,
            self.text.digest,
            at,
            is_default=self.is_default,
            fingerprint=self.fingerprint,
        )
        return unit.record(customer, self.actor, self.key)


@dataclass(frozen=True)
class ChangeAddress(_SaysAddress):
    """Have a saved address say something else."""

    operation: ClassVar[str] = "customer-address-changes"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        at, customer = unit.now(self.org), self._known(unit)
        customer.change_address(
            self.address,
            self.text.digest,
            at,
            is_default=self.is_default,
            fingerprint=self.fingerprint,
        )
        return unit.record(customer, self.actor, self.key)


@dataclass(frozen=True)
class RemoveAddress(_OfCustomer):
    """Remove an address that was saved."""

    address: str

    operation: ClassVar[str] = "customer-address-removals"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        at, customer = unit.now(self.org), self._known(unit)
        customer.remove_address(self.address, at, fingerprint=self.fingerprint)
        return unit.record(customer, self.actor, self.key)
