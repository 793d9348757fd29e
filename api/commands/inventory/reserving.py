"""Reserving, and what becomes of a reservation: decided in a unit of work, for any command.

Each function first refuses what cannot be, then records, so that a command of another context can
have several of them in its own commit. `key` and `fingerprint` are those of a command whose own
fact this is; the fact returned says all that was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypedDict

from api.commands.by import By
from api.commands.inventory.lookup import (
    FoundReservation,
    Reserved,
    cost_currency_of,
    find_reservation,
    locations_of,
    opened_stock,
    places_of,
    require_location,
    reservation_key,
    still_reserved,
    stocks_at,
)
from api.commands.inventory.shipped_parts import ShippedParts
from api.commands.result import CommandResult, PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.inventory.allocation import Allocation, Place, pick
from ledger.inventory.condition import Condition
from ledger.inventory.location import in_order
from ledger.inventory.reservation import Part, Reservation, StockLine, check_lasts, ended
from ledger.inventory.stock import Stock
from ledger.inventory.stock_cost import Outlay
from ledger.kernel.errors import Conflict
from ledger.kernel.times import microseconds


class _Told(TypedDict):
    """What a fact says of the command beside what it did itself."""

    elsewhere: Sequence[Part]
    fingerprint: str


_ALONE = _Told(elsewhere=(), fingerprint="")


class Coming(NamedTuple):
    """What comes back together: all in one condition, to a location, or to where it had left."""

    lines: Sequence[StockLine]
    condition: Condition
    location: str | None

    def place_of(self, part: Part) -> Place:
        """Return where what had left comes to."""
        return self.location or part.location, part.sku


class TakenBack(NamedTuple):
    """What has come back: the last fact of it, and how many units by location, SKU and
    condition."""

    fact: PendingFact
    units: Mapping[tuple[str, str, Condition], int]


def allocate(unit: UnitOfWork, org: str, lines: Sequence[StockLine]) -> list[Part]:
    """Return from where lines would be taken, all of them; nothing is recorded yet."""
    for line in lines:
        if line.location is not None:
            require_location(unit, org, line.location, "lines")
            _check_active(unit, org, line.location)
    places = places_of(unit, org, lines)
    order = in_order(locations_of(unit, org).values())
    stocks = stocks_at(unit, org, places)
    return Allocation(order, stocks, microseconds(unit.now(org))).take(lines)


def _check_active(unit: UnitOfWork, org: str, location: str) -> None:
    if not locations_of(unit, org)[location].is_active:
        raise Conflict(f"nothing is reserved at {location}: it is not active.", field="lines")


def reserve(
    unit: UnitOfWork,
    org: str,
    reservation: Reservation,
    parts: Sequence[Part],
    by: By,
) -> PendingFact:
    """Set aside what was allocated, for an owner, until a moment."""
    at = unit.now(org)
    stocks = stocks_at(unit, org, [(each.location, each.sku) for each in parts])
    facts = []
    for number, part in enumerate(parts):
        told = _Told(elsewhere=parts[1:], fingerprint=by.fingerprint) if number == 0 else _ALONE
        stock = stocks[part.location, part.sku]
        stock.reserve(reservation, part, at, part=number, **told)
        facts.append(unit.record(stock, by.actor, by.key if number == 0 else ""))
    key = reservation_key(org, reservation.id)
    unit.claim(key, CommandResult(facts[0], 0), by.fingerprint)
    return facts[0]


def reservation_of(
    unit: UnitOfWork, org: str, reservation: str, owner: str, lasts_us: int
) -> Reservation:
    """Return a reservation that is to be made, from now on. Raises Invalid, and Conflict where the
    id was used before."""
    check_lasts(lasts_us)
    if unit.keys.find(reservation_key(org, reservation)) is not None:
        raise Conflict(f"there was a reservation {reservation} before.", field="reservation")
    return Reservation(reservation, owner, microseconds(unit.now(org)) + lasts_us)


def confirm(unit: UnitOfWork, org: str, reservation: str, owner: str, by: By) -> PendingFact:
    """Have time not end an owner's reservation. Refused where it has ended, or is confirmed."""
    return confirm_found(unit, org, find_reservation(unit, org, reservation, owner), by)


def confirm_found(unit: UnitOfWork, org: str, found: FoundReservation, by: By) -> PendingFact:
    """Do so with a reservation whose parts are known."""
    reservation, reserved = found.reservation.id, _reserved(unit, org, found)
    if any(each.part.reservation.is_confirmed for each in reserved.values()):
        raise Conflict(f"the reservation {reservation} is confirmed already.", field="reservation")
    at = unit.now(org)
    return _do(
        unit,
        {place: each.stock for place, each in reserved.items()},
        [each.left for each in reserved.values()],
        lambda stock, part, told: stock.confirm(reservation, at, **told),
        by,
    )


def release(
    unit: UnitOfWork, org: str, reservation: str, owner: str, lines: Sequence[StockLine], by: By
) -> PendingFact:
    """Set aside no more what lines name of an owner's reservation; all that is left without any.
    Refused where it has ended."""
    found = find_reservation(unit, org, reservation, owner)
    return release_found(unit, org, found, lines, by)


def release_found(
    unit: UnitOfWork, org: str, found: FoundReservation, lines: Sequence[StockLine], by: By
) -> PendingFact:
    """Do so with a reservation whose parts are known."""
    reservation, reserved = found.reservation.id, _reserved(unit, org, found)
    at = unit.now(org)
    return _do(
        unit,
        {place: each.stock for place, each in reserved.items()},
        pick([each.left for each in reserved.values()], lines),
        lambda stock, part, told: stock.release(reservation, part.quantity, at, **told),
        by,
    )


def ship(
    unit: UnitOfWork, org: str, reservation: str, owner: str, lines: Sequence[StockLine], by: By
) -> PendingFact:
    """Have leave what lines name of an owner's reservation, and no more; all that is left without
    any. Refused where it is not confirmed, or has ended."""
    return ship_found(unit, org, find_reservation(unit, org, reservation, owner), lines, by)


def ship_found(
    unit: UnitOfWork, org: str, found: FoundReservation, lines: Sequence[StockLine], by: By
) -> PendingFact:
    """Do so with a reservation whose parts are known."""
    reservation, reserved = found.reservation.id, _reserved(unit, org, found)
    if not all(each.part.reservation.is_confirmed for each in reserved.values()):
        raise Conflict(f"confirm the reservation {reservation} first.", field="reservation")
    parts = pick([each.left for each in reserved.values()], lines)
    for part in parts:
        reserved[part.location, part.sku].stock.check_ship(part.quantity)
    at = unit.now(org)
    return _do(
        unit,
        {place: each.stock for place, each in reserved.items()},
        parts,
        lambda stock, part, told: stock.ship(reservation, part.quantity, at, **told),
        by,
    )


def take_back(
    unit: UnitOfWork,
    org: str,
    reservation: str,
    owner: str,
    lines: Sequence[StockLine],
    condition: Condition,
    location: str | None,
    by: By,
) -> PendingFact:
    """Have come back what lines name of what an owner was sent, to a location, or to where it had
    left. Refused where more would come back than was shipped."""
    found = find_reservation(unit, org, reservation, owner)
    return take_back_found(unit, org, found, [Coming(lines, condition, location)], by).fact


def take_back_found(
    unit: UnitOfWork, org: str, found: FoundReservation, coming: Sequence[Coming], by: By
) -> TakenBack:
    """Do so with a reservation whose parts are known, for several at once; the last fact has the
    key."""
    out = unit.state(ShippedParts).of(unit, org, found.reservation.id)
    places = [(each.location, each.sku) for each in found.parts]
    currency = cost_currency_of(unit, org)
    planned: list[tuple[Coming, list[Part], dict[Place, Outlay]]] = []
    sums: Counter[tuple[str, str, Condition]] = Counter()
    for each in coming:
        there = [Part(*place, out.units[place]) for place in places if out.units[place]]
        parts = pick(there, each.lines)
        paid: dict[Place, Outlay] = {}
        planned.append((each, parts, paid))
        for part in parts:
            place = part.location, part.sku
            if (cost := out.take(place, part.quantity)) and currency:
                paid[place] = Outlay(cost, currency)
            sums[*each.place_of(part), each.condition] += part.quantity
    stocks = {(at, sku): opened_stock(unit, org, at, sku) for at, sku, _ in sums}
    for (location, sku, condition), quantity in sums.items():
        stocks[location, sku].check_receive(quantity, condition)
    at, reservation = unit.now(org), found.reservation
    shipped = Reservation(reservation.id, reservation.owner, 0)
    for number, (each, parts, paid) in enumerate(planned, start=1):
        last = _do(
            unit,
            {(part.location, part.sku): stocks[each.place_of(part)] for part in parts},
            parts,
            partial(_take_back, shipped, each.condition, at, paid),
            by if number == len(planned) else By(by.actor),
        )
    return TakenBack(last, sums)


def _take_back(
    reservation: Reservation,
    condition: Condition,
    at: datetime,
    paid: Mapping[Place, Outlay],
    stock: Stock,
    part: Part,
    told: _Told,
) -> None:
    place = part.location, part.sku
    stock.take_back(
        reservation, part.location, part.quantity, condition, at, paid=paid.get(place), **told
    )


def _reserved(unit: UnitOfWork, org: str, found: FoundReservation) -> dict[Place, Reserved]:
    """Return what a reservation still has. Refused where that is nothing."""
    reserved = still_reserved(unit, org, found)
    if not reserved:
        raise ended(found.reservation.id)
    return {(each.stock.location, each.stock.sku): each for each in reserved}


def _do(
    unit: UnitOfWork,
    stocks: Mapping[Place, Stock],
    parts: Sequence[Part],
    act: Callable[[Stock, Part, _Told], None],
    by: By,
) -> PendingFact:
    """Do something with parts; the last fact has the key, and says what was done to the others."""
    *others, last = parts
    for part in others:
        stock = stocks[part.location, part.sku]
        act(stock, part, _ALONE)
        unit.record(stock, by.actor)
    stock = stocks[last.location, last.sku]
    act(stock, last, _Told(elsewhere=others, fingerprint=by.fingerprint))
    return unit.record(stock, by.actor, by.key)
