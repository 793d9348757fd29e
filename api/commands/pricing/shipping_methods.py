"""Shipping methods: `SetShippingMethod`, `RemoveShippingMethod`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.pricing.shipping_book import ShippingBook, shipping_id
from ledger.pricing.shipping_method import ShippingMethod


@dataclass(frozen=True)
class SetShippingMethod(KeyedCommand):
    """Have orders be sent so from now on, in place of the method of its id."""

    method: ShippingMethod

    operation: ClassVar[str] = "shipping-methods"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(ShippingBook, shipping_id(self.org)) or ShippingBook.open(self.org, at)
        book.set(self.method, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)


@dataclass(frozen=True)
class RemoveShippingMethod(KeyedCommand):
    """Have no order be sent so any more."""

    method: str

    operation: ClassVar[str] = "shipping-methods-removed"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        book = unit.get(ShippingBook, shipping_id(self.org))
        if book is None:
            raise NotFound("there is no shipping method of that id.", field="method")
        book.remove(self.method, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
