"""A slot is had by as many as it is for, from the placing of their orders on, until they are not
paid, cancelled, moved or refunded."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.ordering.refund_shares import AskedLine
from tests.scenarios.appointment_commands import (
    appointment_row,
    calendar,
    call_off,
    coaching,
    left,
    named,
    publish_slots,
    reschedule,
    slot,
    verify_appointments,
    withdraw,
)
from tests.scenarios.commands import register
from tests.scenarios.order_commands import (
    declined,
    paid,
    place,
    refund,
    refund_told,
    status,
)
from tests.scenarios.world import World, at

TEN = slot("10:00", "11:00")


@pytest.fixture
def studio(world: World) -> World:
    """A slot for one at ten, and one for three at noon."""
    return world.given(calendar(), publish_slots(TEN, slot("12:00", "13:00", 3)))


def test_one_order_has_a_slot_while_it_is_unpaid_and_after(studio: World) -> None:
    studio.given(place(1, coaching(("10:00", 1))))
    assert (left(studio, "10:00"), appointment_row(studio)["state"]) == (0, "held")
    studio.when(place(2, coaching(("10:00", 1)))).then_refused(Conflict, field="lines.0.slot")
    studio.given(declined(1))
    assert (left(studio, "10:00"), appointment_row(studio)["state"]) == (1, "freed")
    studio.given(place(3, coaching(("10:00", 1))), paid(3))
    assert (left(studio, "10:00"), appointment_row(studio, 3)["state"]) == (0, "booked")
    assert verify_appointments(studio).exit_code == 0


def test_late_money_has_the_slot_again_or_goes_back(studio: World) -> None:
    studio.given(place(1, coaching(("10:00", 1))), declined(1), paid(1))
    assert (status(studio)[0], appointment_row(studio)["state"]) == ("fulfilled", "booked")
    studio.given(place(2, coaching(("12:00", 2))), declined(2))
    studio.given(place(3, coaching(("12:00", 2))), paid(2, 2_000), paid(3, 2_000))
    assert [status(studio, each)[0] for each in (2, 3)] == ["payment_failed", "fulfilled"]
    assert verify_appointments(studio).exit_code == 0


def test_units_are_counted_over_the_lines_of_an_order(studio: World) -> None:
    two = coaching(("12:00", 2), ("12:00", 2))
    studio.when(place(1, two)).then_refused(Conflict, field="lines.1.slot")
    studio.given(place(1, coaching(("12:00", 2), ("12:00", 1))), paid(1, 3_000))
    assert left(studio, "12:00") == 0
    studio.given(refund(1, AskedLine(1, units=1)), refund_told(1, "ref_1", 1_000))
    assert left(studio, "12:00") == 0
    studio.given(refund(1, AskedLine(1), id="ref_2"), refund_told(1, "ref_2", 1_000))
    assert left(studio, "12:00") == 2
    studio.given(refund(1, id="ref_3"), refund_told(1, "ref_3", 1_000))
    assert left(studio, "12:00") == 3
    assert verify_appointments(studio).exit_code == 0


def test_an_appointment_is_moved_and_called_off_before_it_begins(studio: World) -> None:
    studio.given(place(1, coaching(("10:00", 1)))).when(reschedule("12:00"))
    studio.then_refused(Conflict, field="appointment")
    studio.given(paid(1), reschedule("12:00", reason="ill")).when(reschedule("12:00", key="again"))
    studio.then_refused(Conflict, field="slot")
    assert appointment_row(studio)["slot"] == named("12:00")
    assert (left(studio, "10:00"), left(studio, "12:00")) == (1, 2)
    studio.when(withdraw("12:00")).then_refused(Conflict, field="slot")
    studio.given(place(2, coaching(("12:00", 1))), paid(2), call_off(2, reason="ill"))
    studio.when(call_off(2)).given(withdraw("10:00"))
    studio.when(reschedule("10:00")).then_refused(NotFound, field="slot")
    studio.given(at("2026-02-02T12:00:00Z")).when(call_off(1))
    studio.then_refused(Conflict, field="appointment")
    assert verify_appointments(studio).exit_code == 0


@pytest.mark.parametrize(
    ("slots", "field"),
    [
        ([slot("10:30", "10:45")], "slots.0"),
        ([slot("14:00", "15:00"), slot("14:59", "16:00")], "slots.1"),
        ([slot("14:00", "14:00")], "slots.0.end"),
        ([slot("14:00", "15:00", 1_001)], "slots.0.capacity"),
    ],
)
def test_a_provider_is_in_one_place(studio: World, slots: list[object], field: str) -> None:
    studio.when(publish_slots(*slots, key="more")).then_refused(Invalid, field=field)  # type: ignore[arg-type]  # they are slots


def test_slots_of_neighbouring_days_are_apart(world: World) -> None:
    night = slot("23:30", "23:45")
    over = type(night)(night.start_us, night.start_us + 3_600_000_000, 1)
    early = type(night)(night.start_us + 1_800_000_000, night.start_us + 3_000_000_000, 1)
    world.given(register(), calendar(), publish_slots(over))
    world.when(publish_slots(early, key="early")).then_refused(Invalid, field="slots.0")


def test_what_is_no_slot_is_refused(studio: World) -> None:
    studio.when(place(1, coaching(("11:00", 1)))).then_refused(NotFound, field="lines.0.slot")
    studio.given(at("2026-02-02T10:00:00Z")).when(place(1, coaching(("10:00", 1))))
    studio.then_refused(Conflict, field="lines.0.slot")
