"""Internal transfers: `SendInternalTransfer`, `ReceiveInternalTransfer` and
`RefuseInternalTransfer`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.by import By
from api.commands.command import KeyedCommand
from api.commands.fulfilment.lookup import check_sold
from api.commands.fulfilment.progressing import progress
from api.commands.internal_transfers.lookup import find_transfer, transfer_refs
from api.commands.inventory import reserving
from api.commands.inventory.lookup import find_stock, opened_stock
from api.commands.ordering.holdings import found_of
from api.commands.ordering.lookup import find_order
from api.commands.result import PendingFact
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.fulfilment.goods import going_back
from ledger.internal_transfers.internal_transfer import InternalTransfer
from ledger.internal_transfers.transfer_units import TransferStatus
from ledger.inventory.reservation import StockLine
from ledger.kernel.texts import Text


@dataclass(frozen=True)
class _OfTransfer(KeyedCommand):
    """A command on units of one internal transfer; on all that there are without `units`."""

    transfer: str
    units: int | None = None

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return transfer_refs(unit, self.org, self.transfer)

    def put(
        self, unit: UnitOfWork, transfer: InternalTransfer, units: int, location: str, other: str
    ) -> None:
        """Have units that come from another location be at one. Raises Invalid."""
        stock, at = opened_stock(unit, self.org, location, transfer.sku), unit.now(self.org)
        paid = transfer.paid_for(units)
        stock.check_receive(units, cost=paid.amount if paid else None)
        stock.transfer(units, other, at, paid=paid, owner=transfer.order)
        unit.record(stock, self.actor)


@dataclass(frozen=True)
class SendInternalTransfer(_OfTransfer):
    """Have units leave that are reserved for the order, and no others."""

    operation: ClassVar[str] = "internal-transfers/send"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        transfer = find_transfer(unit, self.org, self.transfer)
        order = find_order(unit, self.org, transfer.order)
        check_sold(order)
        back = going_back(order.refunds.values()).get(transfer.line, 0)
        units = transfer.check_send(self.units, back)
        stock = find_stock(unit, self.org, transfer.from_location, transfer.sku)
        stock.check_ship(units)
        lines = [StockLine(transfer.sku, units, transfer.from_location)]
        reserving.release_found(unit, self.org, found_of(order), lines, By(self.actor))
        at, paid = unit.now(self.org), stock.leaving(units)
        stock.transfer(-units, transfer.to_location, at, owner=transfer.order)
        unit.record(stock, self.actor)
        transfer.send(units, paid, at, fingerprint=self.fingerprint)
        sent = unit.record(transfer, self.actor, self.key)
        progress(unit, self.org, order, self.actor)
        return sent


@dataclass(frozen=True)
class ReceiveInternalTransfer(_OfTransfer):
    """Have units that are on their way be where they go."""

    operation: ClassVar[str] = "internal-transfers/receive"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        transfer = find_transfer(unit, self.org, self.transfer)
        units = transfer.check_arrived(self.units, TransferStatus.RECEIVED)
        self.put(unit, transfer, units, transfer.to_location, transfer.from_location)
        transfer.receive(units, unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(transfer, self.actor, self.key)


@dataclass(frozen=True)
class RefuseInternalTransfer(_OfTransfer):
    """Have units that are on their way be back where they had left, with a reason, which is an
    erasable text."""

    reason: Text | None = None

    operation: ClassVar[str] = "internal-transfers/refuse"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def person_of_text(self, unit: UnitOfWork) -> str:
        return find_transfer(unit, self.org, self.transfer).owner

    def effect(self, unit: UnitOfWork) -> PendingFact:
        transfer = find_transfer(unit, self.org, self.transfer)
        units = transfer.check_arrived(self.units, TransferStatus.REFUSED)
        self.put(unit, transfer, units, transfer.from_location, transfer.to_location)
        reason = self.reason.digest if self.reason else None
        at = unit.now(self.org)
        transfer.refuse(units, at, fingerprint=self.fingerprint, reason=reason)
        return unit.record(transfer, self.actor, self.key)
