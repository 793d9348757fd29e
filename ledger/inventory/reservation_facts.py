"""Reservation facts: what happens to what a reservation has of a SKU at a location."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from ledger.inventory.reservation import RESERVATIONS, Part
from ledger.inventory.stock_base import ReservationFact, StockBase
from ledger.inventory.stock_cost import StockCost
from ledger.kernel.keys import Key, KeyRow


class StockReserved(ReservationFact):
    """Units were set aside. `part`: which of the reservation's parts it is, the first being 0;
    `oversold`: how much of it is more than there was."""

    TOPIC: ClassVar[str] = "inventory.StockReserved"
    COUNTS: ClassVar = {"reserved": 1}
    part: int = 0
    oversold: int = 0
    elsewhere: list[Part] = field(default_factory=list)
    fingerprint: str = ""

    def apply(self, aggregate: StockBase) -> None:
        aggregate.reserves(self.reservation, self.quantity)

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        keys = super().keys(org, command, sequence)
        if self.part == 0:
            key = Key(org, RESERVATIONS, self.reservation.id)
            keys.append(KeyRow(key, sequence, 0, self.fingerprint))
        return keys


class ReservationConfirmed(ReservationFact):
    """Time does not end the reservation any more; what it has here."""

    TOPIC: ClassVar[str] = "inventory.ReservationConfirmed"
    COUNTS: ClassVar = {}
    elsewhere: list[Part] = field(default_factory=list)
    fingerprint: str = ""

    def apply(self, aggregate: StockBase) -> None:
        aggregate.reserves(self.reservation, self.quantity)


class ReservationReleased(ReservationFact):
    """Units that were reserved are not any more: they will not be shipped."""

    TOPIC: ClassVar[str] = "inventory.ReservationReleased"
    COUNTS: ClassVar = {"reserved": -1, "released": 1}
    elsewhere: list[Part] = field(default_factory=list)
    fingerprint: str = ""

    def apply(self, aggregate: StockBase) -> None:
        aggregate.frees(self.reservation.id, self.quantity)


class ReservationExpired(ReservationFact):
    """Nobody confirmed the reservation in time."""

    TOPIC: ClassVar[str] = "inventory.ReservationExpired"
    COUNTS: ClassVar = {"reserved": -1, "expired": 1}

    def apply(self, aggregate: StockBase) -> None:
        aggregate.frees(self.reservation.id, self.quantity)


class StockShipped(ReservationFact):
    """Units that were reserved have left. What they have cost stays so, whatever later ones do."""

    TOPIC: ClassVar[str] = "inventory.StockShipped"
    COUNTS: ClassVar = {"reserved": -1, "shipped": 1}
    elsewhere: list[Part] = field(default_factory=list)
    fingerprint: str = ""
    cost: StockCost | None = None

    @property
    def sold(self) -> int:
        """What the units have cost."""
        return self.cost.sold if self.cost else 0

    def apply(self, aggregate: StockBase) -> None:
        aggregate.frees(self.reservation.id, self.quantity)
        aggregate.on_hand -= self.quantity
        aggregate.costs(self.cost)
