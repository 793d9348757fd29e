"""What every event store promises of reservations: rows are added to, and open ones are found."""

from __future__ import annotations

import pytest

from ledger.inventory.ports import ReservationRow
from tests.contracts.stores import AnyJournal, Store, append_to, entry

RESERVED = ReservationRow("a", "r", "berlin", "MUG", "order", 9, 5, 0, 0, 0, 0, 0, 1)
SHIPPED = RESERVED._replace(ends_us=0, reserved=-2, shipped=2, cost=7)
RELEASED = RESERVED._replace(ends_us=0, reserved=-3, released=3)
PLACE = ("a", "berlin", "MUG")


@pytest.fixture
def event_store(store: Store) -> AnyJournal:
    return store.open()


def test_rows_are_added_up_and_those_with_something_left_are_open(event_store: AnyJournal) -> None:
    elsewhere = RESERVED._replace(location="paris")
    later = [SHIPPED._replace(sequence=2)._asdict(), RELEASED._replace(sequence=3)._asdict()]
    table = "stock_reservations"
    append_to(
        event_store,
        [entry("a", "s")],
        rows={table: [RESERVED._asdict(), elsewhere._asdict()]},
    )
    assert event_store.open_reservations([PLACE, ("b", "berlin", "MUG")]) == [RESERVED]
    append_to(event_store, [entry("a", "s", 2), entry("a", "s", 3)], rows={table: later})
    assert event_store.open_reservations([PLACE]) == []
    assert event_store.open_reservations([]) == []
    ended = RESERVED._replace(ends_us=0, reserved=0, shipped=2, released=3, cost=7, sequence=3)
    found = event_store.reservation_rows("a", "r")
    assert sorted(found) == [ended, elsewhere]
    assert event_store.reservation_rows("b", "r") == []
