"""Stock: what a person or a warehouse says of it: `SetOversell`, `ReceiveStock`, `SetUnitCost`,
`AdjustStock`, `TransferStock`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.inventory.lookup import (
    check_paid,
    find_stock,
    know_cost_currency,
    opened_stock,
    stock_refs,
)
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.inventory.condition import Condition
from ledger.inventory.stock_cost import Outlay
from ledger.kernel.errors import Invalid
from ledger.kernel.texts import Text
from ledger.kernel.times import microseconds


@dataclass(frozen=True)
class _StockCommand(KeyedCommand):
    """A command on a SKU's stock at a location."""

    location: str
    sku: str

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return stock_refs(self.org, [(self.location, self.sku)])


@dataclass(frozen=True)
class SetOversell(_StockCommand):
    """Let more be reserved than is on hand, or no more."""

    allowed: bool

    operation: ClassVar[str] = "stock"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        stock = opened_stock(unit, self.org, self.location, self.sku)
        stock.allow_oversell(self.allowed, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(stock, self.actor, self.key)


@dataclass(frozen=True)
class ReceiveStock(_StockCommand):
    """Take units in, for what was paid for all of them, if that is said."""

    quantity: int
    reference: str | None = None
    paid: Outlay | None = None

    operation: ClassVar[str] = "stock/movements/receipts"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        stock = opened_stock(unit, self.org, self.location, self.sku)
        if self.paid is not None:
            check_paid(unit, self.org, self.paid)
        stock.receive(
            self.quantity,
            unit.now(self.org),
            reference=self.reference,
            paid=self.paid,
            fingerprint=self.fingerprint,
        )
        if self.paid is not None:
            know_cost_currency(unit, self.org, self.paid.currency, self.actor)
        return unit.record(stock, self.actor, self.key)


@dataclass(frozen=True)
class SetUnitCost(_StockCommand):
    """Say what a unit has cost: all those that are on hand, and others that come without a cost."""

    paid: Outlay

    operation: ClassVar[str] = "stock/costs"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        stock = opened_stock(unit, self.org, self.location, self.sku)
        check_paid(unit, self.org, self.paid)
        cost, currency = self.paid
        stock.set_unit_cost(cost, 1, currency, unit.now(self.org), fingerprint=self.fingerprint)
        know_cost_currency(unit, self.org, currency, self.actor)
        return unit.record(stock, self.actor, self.key)


@dataclass(frozen=True)
class AdjustStock(_StockCommand):
    """Count units that were not known, or below zero strike some off, with a reason, which is an
    erasable text."""

    quantity: int
    condition: Condition
    reason: Text | None

    operation: ClassVar[str] = "stock/movements/adjustments"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        stock = opened_stock(unit, self.org, self.location, self.sku)
        stock.adjust(
            self.quantity,
            self.condition,
            unit.now(self.org),
            reason=self.reason.digest if self.reason else None,
            fingerprint=self.fingerprint,
        )
        return unit.record(stock, self.actor, self.key)


@dataclass(frozen=True)
class TransferStock(_StockCommand):
    """Move units that are nobody's from a location to another, in one commit."""

    to: str
    quantity: int
    reference: str | None = None

    operation: ClassVar[str] = "stock/movements/transfers"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return stock_refs(self.org, [(self.location, self.sku), (self.to, self.sku)])

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        if self.to == self.location:
            raise Invalid("to must be another location.", field="to")
        at = unit.now(self.org)
        target = opened_stock(unit, self.org, self.to, self.sku, "to")
        source = find_stock(unit, self.org, self.location, self.sku)
        source.check_take(self.quantity, microseconds(at))
        paid = source.leaving(self.quantity)
        target.check_receive(self.quantity, cost=paid.amount if paid else None)
        target.transfer(self.quantity, self.location, at, reference=self.reference, paid=paid)
        unit.record(target, self.actor)
        source.transfer(
            -self.quantity, self.to, at, reference=self.reference, fingerprint=self.fingerprint
        )
        return unit.record(source, self.actor, self.key)
