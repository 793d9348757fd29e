"""The stock: what is on hand of one SKU at one location, and who has reserved it.

Public methods decide and refuse; reservations that time has ended hold nothing, whether or not
that is recorded, and are recorded as far as a decision needs what they had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from ledger.inventory import reservation_facts, stock_facts
from ledger.inventory.condition import Condition
from ledger.inventory.costed_stock import CostedStock
from ledger.inventory.reservation import Part, Reservation, ended
from ledger.inventory.stock_base import (
    STOCK_LEVELS,
    STOCK_STREAM,
    OpenPart,
    StockFact,
    names_of,
    stock_id,
)
from ledger.inventory.stock_cost import Outlay, StockCost
from ledger.kernel.errors import Conflict, Invalid, OutOfStock
from ledger.kernel.limits import OPEN_RESERVATIONS_MAX, STOCK_MAX
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds


class Stock(CostedStock):
    """One SKU at one location."""

    TOPIC: ClassVar[str] = "inventory.Stock"
    STREAM: ClassVar[str] = f"{STOCK_STREAM}/"

    def __init__(self) -> None:
        super().__init__()  # the library makes a dataclass of a class without one

    # -- facts -------------------------------------------------------------------------------

    Event = StockFact
    StockOpened = stock_facts.StockOpened
    OversellSet = stock_facts.OversellSet
    UnitCostSet = stock_facts.UnitCostSet
    StockReceived = stock_facts.StockReceived
    StockReserved = reservation_facts.StockReserved
    ReservationConfirmed = reservation_facts.ReservationConfirmed
    ReservationReleased = reservation_facts.ReservationReleased
    ReservationExpired = reservation_facts.ReservationExpired
    StockShipped = reservation_facts.StockShipped
    StockReturned = stock_facts.StockReturned
    StockAdjusted = stock_facts.StockAdjusted
    StockTransferred = stock_facts.StockTransferred

    @classmethod
    def open_at(cls, org: str, location: str, sku: str, at: datetime) -> Stock:
        """Begin with a SKU at a location."""
        return cls._create(cls.StockOpened, id=stock_id(org, location, sku), timestamp=at)

    # -- what is written ---------------------------------------------------------------------

    def rows(self) -> Iterable[TableRow]:
        org, location, sku = names_of(self.id)
        columns = {
            "org": org,
            "location": location,
            "sku": sku,
            "on_hand": self.on_hand,
            "reserved": self.reserved,
            "damaged": self.damaged,
            "allows_oversell": self.allows_oversell,
            "cost_currency": self.valuation.currency,
            "value": self.valuation.value,
            "paid": self.valuation.paid,
            "units": self.valuation.units,
            "version": self.version,
        }
        return [TableRow(STOCK_LEVELS, columns)]

    def due_us(self) -> int | None:
        return self.next_end_us()

    def fall_due(self, at: datetime) -> None:
        for part in self.ended_by(microseconds(at)):
            self._expire(part, at)

    # -- what it has -------------------------------------------------------------------------

    def available(self, now_us: int, wanted: int) -> int:
        """Return how many units can be reserved; as soon as as many as are wanted are found, no
        more are looked for."""
        found = self.unreserved
        if found < wanted:
            found += sum(each.quantity for each in self.ended_by(now_us))
        return found

    def has_room(self) -> bool:
        """Tell whether one more reservation may be open here."""
        return len(self.open) < OPEN_RESERVATIONS_MAX

    def part_of(self, reservation: str, now_us: int) -> OpenPart | None:
        """Return what a reservation has here, unless it has ended."""
        part = self.open.get(reservation)
        return None if part is None or part.reservation.has_ended(now_us) else part

    # -- what may be done; records nothing -----------------------------------------------------

    def check_reserve(self, quantity: int) -> None:
        """Refuse a reservation that would be more than can be counted."""
        _check_sum(self.reserved + quantity, "lines")

    def check_receive(
        self,
        quantity: int,
        condition: Condition = Condition.SELLABLE,
        cost: int | None = None,
    ) -> None:
        """Refuse what would be more than can be counted, of units or of what they cost."""
        if condition is Condition.DAMAGED:
            _check_sum(self.damaged + quantity, "quantity")
            return
        _check_sum(self.on_hand + quantity, "quantity")
        self.valuation.coming(self.on_hand, quantity, cost, self.valuation.currency)

    def check_take(self, quantity: int, now_us: int) -> None:
        """Refuse to take units away that are not there, or are reserved."""
        available = max(0, self.available(now_us, quantity))
        if quantity > available:
            raise out_of_stock(self.sku, available, quantity)

    def check_ship(self, quantity: int) -> None:
        """Refuse to ship what is not there, unless more than there is may be sold."""
        if quantity > self.on_hand and not self.allows_oversell:
            raise out_of_stock(self.sku, max(0, self.on_hand), quantity)
        _check_sum(quantity - self.on_hand, "lines")
        self.valuation.going(self.on_hand, quantity)

    # -- decisions ---------------------------------------------------------------------------

    def allow_oversell(self, allowed: bool, at: datetime, *, fingerprint: str) -> None:
        """Let more than is on hand be reserved, or no more. Raises Conflict."""
        missing = -self.available(microseconds(at), 0)
        if not allowed and missing > 0:
            raise Conflict(
                f"{missing} units more than are on hand are reserved or shipped: receive them, or "
                "release reservations first.",
                field="allow_oversell",
            )
        if not allowed:
            self._make_room(0, at)
        self.trigger_event(self.OversellSet, timestamp=at, fingerprint=fingerprint, allowed=allowed)

    def receive(
        self,
        quantity: int,
        at: datetime,
        *,
        reference: str | None = None,
        paid: Outlay | None = None,
        fingerprint: str = "",
    ) -> None:
        """Take units in, for what was paid for all of them. Raises Invalid."""
        self.check_receive(quantity, cost=paid.amount if paid else None)
        cost = self.come(quantity, paid, at)
        self.trigger_event(
            self.StockReceived,
            timestamp=at,
            quantity=quantity,
            reference=reference,
            fingerprint=fingerprint,
            cost=cost,
        )

    def adjust(
        self,
        quantity: int,
        condition: Condition,
        at: datetime,
        *,
        reason: str | None,
        fingerprint: str = "",
    ) -> None:
        """Count units that were not known, or below zero strike some off; never what is reserved,
        unless more than there is may be sold. Raises Invalid, Conflict and OutOfStock."""
        if quantity > 0:
            self.check_receive(quantity, condition)
        else:
            self._check_strike(-quantity, condition, microseconds(at))
        if quantity < 0 and condition is Condition.SELLABLE:
            self._make_room(-quantity, at)
        cost = self.change(quantity, None, at) if condition is Condition.SELLABLE else None
        self.trigger_event(
            self.StockAdjusted,
            timestamp=at,
            quantity=quantity,
            condition=condition,
            reason=reason,
            fingerprint=fingerprint,
            cost=cost,
        )

    def transfer(
        self,
        quantity: int,
        other: str,
        at: datetime,
        *,
        reference: str | None = None,
        paid: Outlay | None = None,
        fingerprint: str = "",
        owner: str | None = None,
    ) -> None:
        """Record units that came from another location, where they had cost what was `paid`, or
        below zero went there; `check_take` and `check_receive` say whether they can."""
        if quantity < 0:
            self._make_room(-quantity, at)
        cost = self.change(quantity, paid, at)
        self.trigger_event(
            self.StockTransferred,
            timestamp=at,
            quantity=quantity,
            other=other,
            reference=reference,
            fingerprint=fingerprint,
            cost=cost,
            owner=owner,
        )

    def reserve(
        self,
        reservation: Reservation,
        taken: Part,
        at: datetime,
        *,
        part: int = 0,
        elsewhere: Sequence[Part] = (),
        fingerprint: str = "",
    ) -> None:
        """Set units aside that were found here."""
        self._make_room(taken.quantity, at)
        self.trigger_event(
            self.StockReserved,
            timestamp=at,
            reservation=reservation,
            quantity=taken.quantity,
            part=part,
            oversold=taken.oversold,
            elsewhere=list(elsewhere),
            fingerprint=fingerprint,
        )

    def confirm(
        self,
        reservation: str,
        at: datetime,
        *,
        elsewhere: Sequence[Part] = (),
        fingerprint: str = "",
    ) -> None:
        """Have time not end what a reservation has here."""
        part = self._part(reservation, at)
        self.trigger_event(
            self.ReservationConfirmed,
            timestamp=at,
            reservation=Reservation(reservation, part.reservation.owner, 0),
            quantity=part.quantity,
            elsewhere=list(elsewhere),
            fingerprint=fingerprint,
        )

    def release(
        self,
        reservation: str,
        quantity: int,
        at: datetime,
        *,
        elsewhere: Sequence[Part] = (),
        fingerprint: str = "",
    ) -> None:
        """Set units aside no more."""
        self.trigger_event(
            self.ReservationReleased,
            timestamp=at,
            reservation=self._part(reservation, at).reservation,
            quantity=quantity,
            elsewhere=list(elsewhere),
            fingerprint=fingerprint,
        )

    def ship(
        self,
        reservation: str,
        quantity: int,
        at: datetime,
        *,
        elsewhere: Sequence[Part] = (),
        fingerprint: str = "",
    ) -> None:
        """Have reserved units leave, and say what they have cost."""
        gone = self.leaving(quantity)
        cost = StockCost(gone.currency, -gone.amount, gone.amount) if gone else None
        self.trigger_event(
            self.StockShipped,
            timestamp=at,
            reservation=self._part(reservation, at).reservation,
            quantity=quantity,
            elsewhere=list(elsewhere),
            fingerprint=fingerprint,
            cost=cost,
        )

    def take_back(
        self,
        reservation: Reservation,
        shipped_from: str,
        quantity: int,
        condition: Condition,
        at: datetime,
        *,
        paid: Outlay | None = None,
        elsewhere: Sequence[Part] = (),
        fingerprint: str = "",
    ) -> None:
        """Have units come back that a reservation's owner was sent, and that had cost what was
        `paid`; damaged ones are worth nothing."""
        sold = -paid.amount if paid else 0
        if condition is Condition.SELLABLE:
            cost = self.come(quantity, paid, at, sold=sold)
        else:
            cost = StockCost(paid.currency, sold=sold) if paid else None
        self.trigger_event(
            self.StockReturned,
            timestamp=at,
            reservation=reservation,
            quantity=quantity,
            shipped_from=shipped_from,
            condition=condition,
            elsewhere=list(elsewhere),
            fingerprint=fingerprint,
            cost=cost,
        )

    # -- inside ------------------------------------------------------------------------------

    def _part(self, reservation: str, at: datetime) -> OpenPart:
        part = self.part_of(reservation, microseconds(at))
        if part is None:
            raise ended(reservation)
        return part

    def _make_room(self, quantity: int, at: datetime) -> None:
        """Record the end of reservations, the first first, until so many units are nobody's."""
        if self.unreserved >= quantity:
            return
        for part in self.ended_by(microseconds(at)):
            self._expire(part, at)
            if self.unreserved >= quantity:
                return

    def _expire(self, part: OpenPart, at: datetime) -> None:
        self.trigger_event(
            self.ReservationExpired,
            timestamp=at,
            reservation=part.reservation,
            quantity=part.quantity,
        )

    def _check_strike(self, quantity: int, condition: Condition, now_us: int) -> None:
        there = self.damaged if condition is Condition.DAMAGED else self.on_hand
        if quantity > there:
            raise out_of_stock(self.sku, max(0, there), quantity)
        if condition is Condition.SELLABLE and not self.allows_oversell:
            self.check_take(quantity, now_us)


def out_of_stock(sku: str, available: int, required: int) -> OutOfStock:
    """Return why so many of a SKU cannot be taken."""
    return OutOfStock(
        f"{available} of {sku} are available, {required} are required.",
        field="quantity",
        sku=sku,
        available=available,
        required=required,
    )


def _check_sum(units: int, field: str) -> None:
    if units > STOCK_MAX:
        raise Invalid(
            f"{field} would make more units of the SKU here than can be counted: at most "
            f"{STOCK_MAX}.",
            field=field,
        )
