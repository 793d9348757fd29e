"""Reservations: `ReserveStock`, `ConfirmReservation`, `ReleaseReservation`, `ShipReservation` and
`ReturnStock`.

A reservation's id is a key of its own space, so that it is found from its id alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.by import By
from api.commands.command import KeyedCommand
from api.commands.inventory import reserving
from api.commands.inventory.lookup import (
    places_of,
    reservation_key,
    reservation_refs,
    stock_refs,
)
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.inventory.allocation import check_lines
from ledger.inventory.condition import Condition
from ledger.inventory.reservation import StockLine
from ledger.kernel.errors import Conflict
from ledger.kernel.keys import Key
from ledger.ordering.order import Order, order_id


@dataclass(frozen=True)
class ReserveStock(KeyedCommand):
    """Set units aside for an owner: every line, or none."""

    reservation: str
    owner: str
    lines: tuple[StockLine, ...]
    lasts_us: int

    operation: ClassVar[str] = "stock/reservations"

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        check_lines(self.lines)
        return stock_refs(self.org, places_of(unit, self.org, self.lines))

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        reservation = reserving.reservation_of(
            unit, self.org, self.reservation, self.owner, self.lasts_us
        )
        parts = reserving.allocate(unit, self.org, self.lines)
        by = By(self.actor, self.key, self.fingerprint)
        return reserving.reserve(unit, self.org, reservation, parts, by)


@dataclass(frozen=True)
class _ReservationCommand(KeyedCommand):
    """A command on a reservation that exists; `owner` must be whose it is."""

    reservation: str
    owner: str

    def idempotency_keys(self) -> Iterable[Key]:
        return [*super().idempotency_keys(), reservation_key(self.org, self.reservation)]

    def must_ask(self, unit: UnitOfWork) -> bool:
        return not unit.keys.remembers(reservation_key(self.org, self.reservation))

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return reservation_refs(unit, self.org, self.reservation)

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        return self.act(unit, By(self.actor, self.key, self.fingerprint))

    def act(self, unit: UnitOfWork, by: By) -> PendingFact:
        """Do it; return the fact that carries the key."""
        raise NotImplementedError


@dataclass(frozen=True)
class ConfirmReservation(_ReservationCommand):
    """Have time not end it."""

    operation: ClassVar[str] = "stock/reservations/confirm"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact:
        return reserving.confirm(unit, self.org, self.reservation, self.owner, by)


@dataclass(frozen=True)
class ReleaseReservation(_ReservationCommand):
    """Set aside no more what lines name, or all that is left."""

    lines: tuple[StockLine, ...] = ()

    operation: ClassVar[str] = "stock/reservations/release"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact:
        return reserving.release(unit, self.org, self.reservation, self.owner, self.lines, by)


@dataclass(frozen=True)
class ShipReservation(_ReservationCommand):
    """Have leave what lines name, or all that is left."""

    lines: tuple[StockLine, ...] = ()

    operation: ClassVar[str] = "stock/reservations/ship"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact:
        _refuse_orders(unit, self.org, self.owner, "create a shipment of it")
        return reserving.ship(unit, self.org, self.reservation, self.owner, self.lines, by)


@dataclass(frozen=True)
class ReturnStock(_ReservationCommand):
    """Have come back what lines name of what was shipped; to a location, or where it had left."""

    lines: tuple[StockLine, ...]
    condition: Condition
    location: str | None = None

    operation: ClassVar[str] = "stock/movements/returns"

    def act(self, unit: UnitOfWork, by: By) -> PendingFact:
        _refuse_orders(unit, self.org, self.owner, "receive a return of it")
        return reserving.take_back(
            unit,
            self.org,
            self.reservation,
            self.owner,
            self.lines,
            self.condition,
            self.location,
            by,
        )


def _refuse_orders(unit: UnitOfWork, org: str, owner: str, instead: str) -> None:
    """Refuse an owner that is an order of ours: its goods go and come with its shipments and
    returns, which say so."""
    if unit.get(Order, order_id(org, owner)) is not None:
        raise Conflict(f"the owner is an order: {instead}.", field="owner")
