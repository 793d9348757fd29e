"""A stock with thousands of open reservations: what one decision looks at is not all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.inventory.allocation import pick
from ledger.inventory.reservation import Part, Reservation, StockLine
from ledger.inventory.stock import Stock
from ledger.kernel.errors import Conflict
from ledger.kernel.times import EPOCH, microseconds

COUNT = 5_000
ENDS_US = 1_000_000
AT = EPOCH + timedelta(microseconds=1)


def full() -> Stock:
    """Each unit is reserved until a moment of its own."""
    stock = Stock.open_at("acme", "berlin", "MUG", AT)
    stock.receive(COUNT, AT)
    for number in range(COUNT):
        reservation = Reservation(f"r{number}", "order", ENDS_US + (number * 7_919) % COUNT)
        stock.reserve(reservation, Part("berlin", "MUG", 1), AT)
    return stock


def test_ends_come_in_their_order_and_those_that_ended_otherwise_are_forgotten() -> None:
    stock = full()
    for number in range(0, COUNT, 2):
        stock.release(f"r{number}", 1, AT)
    assert len(stock.open) == COUNT // 2
    assert len(stock._ends) <= 2 * len(stock.open) + 64
    ended = stock.ended_by(ENDS_US + 100)
    ends = [each.reservation.ends_us for each in ended]
    assert ends == sorted(ends)
    assert set(ends) == {
        each.reservation.ends_us
        for each in stock.open.values()
        if each.reservation.ends_us <= ENDS_US + 100
    }
    assert stock.next_end_us() == ends[0]


def test_a_decision_records_as_many_ends_as_it_needs() -> None:
    stock = full()
    later = EPOCH + timedelta(microseconds=ENDS_US + 1_000)
    stock.collect_events()
    assert stock.available(microseconds(later), 3) == 1_001
    stock.reserve(Reservation("new", "order", 2 * ENDS_US), Part("berlin", "MUG", 3), later)
    assert [type(each).__name__ for each in stock.collect_events()] == [
        *["ReservationExpired"] * 3,
        "StockReserved",
    ]
    stock.fall_due(later)
    assert stock.unreserved == 998
    assert stock.due_us() == ENDS_US + 1_001


def test_lines_pick_what_they_name_from_where_they_say() -> None:
    parts = [Part("berlin", "MUG", 2), Part("paris", "MUG", 3), Part("paris", "PEN", 1)]
    assert pick(parts, []) == parts
    picked = pick(parts, [StockLine("MUG", 2), StockLine("MUG", 2, "paris")])
    assert sorted(picked, key=lambda each: each.location) == [
        Part("berlin", "MUG", 2),
        Part("paris", "MUG", 2),
    ]
    with pytest.raises(Conflict):
        pick(parts, [StockLine("MUG", 4), StockLine("MUG", 2)])
