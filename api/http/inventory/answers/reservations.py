"""Answers about reservations."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from api.commands.result import StoredFact
from api.http.answers import Answer, Time, one_of
from api.queries.inventory.reservations import FoundPart
from ledger.inventory.reservation import Part, Reservation
from ledger.inventory.reservation_facts import (
    ReservationConfirmed,
    ReservationReleased,
    StockReserved,
    StockShipped,
)
from ledger.inventory.stock_base import parts_of
from ledger.inventory.stock_facts import StockReturned
from ledger.kernel.times import format_time


class ReservationStatus(StrEnum):
    """Where a reservation is: set aside until a moment, confirmed, or ended whatever way."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class ReservedPartAnswer(Answer):
    """What was taken of a SKU at a location. `oversold`: how much of it was more than there was."""

    sku: str
    location: str
    quantity: int
    oversold: int


class MadeReservationAnswer(Answer):
    """Units set aside for an owner, from where they were taken, until `expires_at`. `oversold`: how
    many of all of them were more than there were."""

    id: str
    owner: str
    sequence: int
    expires_at: Time
    parts: list[ReservedPartAnswer]
    oversold: int


class PartAnswer(Answer):
    """So many units of a SKU at a location."""

    sku: str
    location: str
    quantity: int


class ReservationChangeAnswer(Answer):
    """What was done with units of a reservation, and with which: it is confirmed for them, or they
    were released, shipped, or came back."""

    id: str
    owner: str
    sequence: int
    parts: list[PartAnswer]
    recorded_at: Time


class FoundPartAnswer(Answer):
    """What became of what a reservation had of a SKU at a location. `returned` units were shipped
    before."""

    sku: str
    location: str
    reserved: int
    shipped: int
    released: int
    expired: int
    returned: int


class ReservationAnswer(Answer):
    """A reservation as it is; null as `expires_at`: time does not end it."""

    id: str
    owner: str
    status: Annotated[str, one_of(ReservationStatus)]
    expires_at: Time | None
    parts: list[FoundPartAnswer]


def made_answer(stored_fact: StoredFact) -> MadeReservationAnswer:
    """Return a reservation as a fact has made it."""
    fact = stored_fact.fact
    assert isinstance(fact, StockReserved)
    parts = parts_of(fact, fact.elsewhere, fact.oversold)
    made = [ReservedPartAnswer(p.sku, p.location, p.quantity, p.oversold) for p in parts]
    return MadeReservationAnswer(
        fact.reservation.id,
        fact.reservation.owner,
        stored_fact.sequence,
        format_time(fact.reservation.ends_us),
        made,
        sum(each.oversold for each in parts),
    )


def change_answer(stored_fact: StoredFact) -> ReservationChangeAnswer:
    """Return what a fact says was done with a reservation."""
    fact = stored_fact.fact
    assert isinstance(
        fact, ReservationConfirmed | ReservationReleased | StockShipped | StockReturned
    )
    return ReservationChangeAnswer(
        fact.reservation.id,
        fact.reservation.owner,
        stored_fact.sequence,
        [_part(each) for each in parts_of(fact, fact.elsewhere)],
        format_time(stored_fact.recorded_us),
    )


def reservation_answer(
    reservation: str, parts: Sequence[FoundPart], now_us: int
) -> ReservationAnswer:
    """Return a reservation as it is at a moment, whether or not its end is recorded."""
    found = [_at(each, now_us) for each in parts]
    left = [each for each in found if each.reserved]
    ends_us = left[0].ends_us if left else 0
    status = ReservationStatus.RESERVED if ends_us else ReservationStatus.CONFIRMED
    return ReservationAnswer(
        reservation,
        parts[0].owner,
        status if left else ReservationStatus.ENDED,
        format_time(ends_us) if ends_us else None,
        [
            FoundPartAnswer(
                p.sku, p.location, p.reserved, p.shipped, p.released, p.expired, p.returned
            )
            for p in found
        ],
    )


def _at(part: FoundPart, now_us: int) -> FoundPart:
    if not Reservation("", part.owner, part.ends_us).has_ended(now_us):
        return part
    return part._replace(reserved=0, expired=part.expired + part.reserved)


def _part(part: Part) -> PartAnswer:
    return PartAnswer(part.sku, part.location, part.quantity)
