"""Lookup of locations, of stock, and of reservations with their owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.inventory.allocation import Place
from ledger.inventory.location import Location, in_order
from ledger.inventory.location_book import LocationBook, locations_id
from ledger.inventory.reservation import (
    RESERVATIONS,
    Part,
    Reservation,
    StockLine,
    check_owner,
    no_such,
)
from ledger.inventory.reservation_facts import StockReserved
from ledger.inventory.stock import Stock
from ledger.inventory.stock_base import OpenPart, parts_of, stock_id
from ledger.inventory.stock_cost import Outlay, check_cost
from ledger.kernel.actor import Actor
from ledger.kernel.errors import NotFound
from ledger.kernel.keys import Key
from ledger.kernel.times import microseconds


class FoundReservation(NamedTuple):
    """A reservation as it was made, with all its parts."""

    reservation: Reservation
    parts: list[Part]


class Reserved(NamedTuple):
    """What a reservation still has of a stock."""

    stock: Stock
    part: OpenPart

    @property
    def left(self) -> Part:
        """The same, as a part of the reservation."""
        return Part(self.stock.location, self.stock.sku, self.part.quantity)


def locations_of(unit: UnitOfWork, org: str) -> dict[str, Location]:
    """Return the locations of an org by their ids."""
    book = _book_of(unit, org)
    return book.locations if book else {}


def cost_currency_of(unit: UnitOfWork, org: str) -> str | None:
    """Return in which currency an org says what stock has cost; None: it has said nothing."""
    book = _book_of(unit, org)
    return book.cost_currency if book else None


def check_paid(unit: UnitOfWork, org: str, paid: Outlay) -> None:
    """Refuse what cannot be what units of an org have cost. Raises Invalid."""
    check_cost(paid.amount)
    book = _book_of(unit, org)
    if book is not None:
        book.check_cost_currency(paid.currency)


def know_cost_currency(unit: UnitOfWork, org: str, currency: str, actor: Actor) -> None:
    """Have the costs of an org be in a currency, where they are in none yet."""
    book = _book_of(unit, org)
    if book is not None and book.cost_currency is None:
        book.set_cost_currency(currency, unit.now(org))
        unit.record(book, actor)


def require_location(unit: UnitOfWork, org: str, location: str, field: str = "location") -> None:
    """Refuse a location that an org does not have."""
    if location not in locations_of(unit, org):
        raise NotFound(f"there is no location {location}: set it first.", field=field)


def places_of(unit: UnitOfWork, org: str, lines: Iterable[StockLine]) -> list[Place]:
    """Return from where lines may be taken."""
    order = in_order(locations_of(unit, org).values())
    found = (
        (location, line.sku)
        for line in lines
        for location in ([line.location] if line.location else order)
    )
    return list(dict.fromkeys(found))


def stock_refs(org: str, places: Iterable[Place]) -> list[AggregateRef]:
    """Return the stocks of places, to fetch them all at once."""
    return [(Stock, stock_id(org, *place)) for place in places]


def stocks_at(unit: UnitOfWork, org: str, places: Iterable[Place]) -> dict[Place, Stock]:
    """Return the stocks of those places where there is one."""
    found = ((place, unit.get(Stock, stock_id(org, *place))) for place in places)
    return {place: stock for place, stock in found if stock is not None}


def find_stock(unit: UnitOfWork, org: str, location: str, sku: str) -> Stock:
    """Return a SKU's stock at a location. Refused where nothing ever was."""
    found = unit.get(Stock, stock_id(org, location, sku))
    if found is None:
        raise NotFound(f"there is no stock of {sku} at {location}.", field="sku")
    return found


def opened_stock(
    unit: UnitOfWork, org: str, location: str, sku: str, field: str = "location"
) -> Stock:
    """Return a SKU's stock at a location, which begins where there was none. Refused where there is
    no such location."""
    require_location(unit, org, location, field)
    found = unit.get(Stock, stock_id(org, location, sku))
    return found or Stock.open_at(org, location, sku, unit.now(org))


def reservation_key(org: str, reservation: str) -> Key:
    """Return the key by which a reservation is found."""
    return Key(org, RESERVATIONS, reservation)


def find_reservation(unit: UnitOfWork, org: str, reservation: str, owner: str) -> FoundReservation:
    """Return an owner's reservation as it was made. Refused where the owner is another."""
    made = _made(unit, org, reservation)
    if made is None:
        raise no_such()
    check_owner(made.reservation, owner)
    return made


def reservation_refs(unit: UnitOfWork, org: str, reservation: str) -> list[AggregateRef]:
    """Return the stocks that a reservation has parts of, to fetch them all at once."""
    made = _made(unit, org, reservation)
    return stock_refs(org, [(each.location, each.sku) for each in made.parts] if made else [])


def _made(unit: UnitOfWork, org: str, reservation: str) -> FoundReservation | None:
    """Return a reservation as it was made, whoever's it is."""
    found = unit.keys.find(reservation_key(org, reservation))
    if found is None:
        return None
    fact = found.fact
    assert isinstance(fact, StockReserved)
    return FoundReservation(fact.reservation, parts_of(fact, fact.elsewhere))


def still_reserved(unit: UnitOfWork, org: str, found: FoundReservation) -> list[Reserved]:
    """Return what a reservation still has, in the order in which it was taken."""
    now_us = microseconds(unit.now(org))
    places = [(each.location, each.sku) for each in found.parts]
    stocks = stocks_at(unit, org, places).values()
    parts = ((stock, stock.part_of(found.reservation.id, now_us)) for stock in stocks)
    return [Reserved(stock, part) for stock, part in parts if part is not None]


def _book_of(unit: UnitOfWork, org: str) -> LocationBook | None:
    return unit.get(LocationBook, locations_id(org))
