"""Fees: `RecordOrderFees`, what a provider has kept of the money of an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.commands.command import Command
from api.commands.ordering.lookup import find_order, order_refs
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.keys import Key
from ledger.purchases.booking import Booking


@dataclass(frozen=True)
class RecordOrderFees(Command[int]):
    """Record what a provider has kept of an order's money, each movement once; say how much of it
    is new."""

    order: str
    provider: str
    fees: Sequence[Booking]

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return order_refs(self.org, self.order)

    def decide(self, unit: UnitOfWork) -> int:
        order = find_order(unit, self.org, self.order)
        for each in self.fees:
            order.record_fee(self.provider, each, unit.now(self.org))
        new = len(order.pending_events)
        if new:
            unit.record(order, self.actor)
        return new
