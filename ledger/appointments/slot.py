"""The slot: a time of a calendar that so many may come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import SLOT_CAPACITY_MAX, SLOTS_PER_DAY_MAX
from ledger.kernel.times import DAY_US, format_time


class Slot(msgspec.Struct, frozen=True):
    """A time from `start_us` until `end_us`, for so many units."""

    start_us: int
    end_us: int
    capacity: int


def day_of(start_us: int) -> int:
    """Return the day that a slot is of, in UTC: that in which it begins."""
    return start_us // DAY_US


def slot_name(calendar: str, start_us: int) -> str:
    """Return the id of a slot: no two of a calendar begin together."""
    return f"{calendar}.{start_us}"


def start_in(name: str, calendar: str) -> int | None:
    """Return when a slot begins, if it can be one of a calendar."""
    of, _, start = name.rpartition(".")
    if of != calendar or not (start.isascii() and start.isdigit() and len(start) <= 18):
        return None
    return int(start)


def why_not_had(slot: Slot, left: int, units: int, now_us: int) -> str | None:
    """Return why so many units of a slot cannot be had, of which some are left; None: they can."""
    if slot.start_us <= now_us:
        return "the slot has begun."
    if units > left:
        return f"{left} of the slot can be had, of {slot.capacity}."
    return None


def check_slots(slots: Sequence[Slot], now_us: int) -> None:
    """Raise Invalid for slots that cannot be published."""
    for place, slot in enumerate(slots):
        field = f"slots.{place}"
        if slot.start_us <= now_us:
            raise Invalid(f"{field}.start must be later than now.", field=f"{field}.start")
        if not slot.start_us < slot.end_us <= slot.start_us + DAY_US:
            raise Invalid(
                f"{field}.end must be after its start, by at most a day.", field=f"{field}.end"
            )
        if not 1 <= slot.capacity <= SLOT_CAPACITY_MAX:
            raise Invalid(
                f"{field}.capacity must be 1 to {SLOT_CAPACITY_MAX}.", field=f"{field}.capacity"
            )


def check_apart(slots: Sequence[Slot], others: Iterable[Slot]) -> None:
    """Raise Invalid where a slot would be at the time of another: a provider is in one place."""
    taken = sorted(others, key=lambda each: each.start_us)
    for place, slot in enumerate(slots):
        for other in taken:
            if slot.start_us < other.end_us and other.start_us < slot.end_us:
                raise Invalid(
                    f"slots.{place} is at the time of the slot that begins at "
                    f"{format_time(other.start_us)}.",
                    field=f"slots.{place}",
                )
        taken.append(slot)


def check_count(count: int) -> None:
    """Raise Invalid for more slots than a day can have."""
    if count > SLOTS_PER_DAY_MAX:
        raise Invalid(f"a day has at most {SLOTS_PER_DAY_MAX} slots.", field="slots")
