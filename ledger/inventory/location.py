"""The location: a place of an org where stock is kept: a warehouse, a shop, a van."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import LOCATION_PRIORITY_MAX

LOCATION_PATTERN = r"[a-z0-9][a-z0-9_-]{0,63}"
_LOCATION = re.compile(LOCATION_PATTERN)


class Location(msgspec.Struct, frozen=True):
    """A place. Reservations are taken from active ones, that of the lowest `priority` first."""

    id: str
    name: str
    priority: int
    is_active: bool


def check_location(value: object, field: str = "location") -> str:
    """Return the id of a location."""
    if isinstance(value, str) and _LOCATION.fullmatch(value):
        return value
    raise Invalid(
        f"{field} must be 1 to 64 of the characters a-z 0-9 _ - and begin with a letter or a "
        "digit.",
        field=field,
    )


def checked_location(location: Location) -> Location:
    """Return a location that may be set. Raises Invalid."""
    check_location(location.id, "id")
    check_text(location.name, "name")
    if not 0 <= location.priority <= LOCATION_PRIORITY_MAX:
        raise Invalid(
            f"priority must be an integer from 0 to {LOCATION_PRIORITY_MAX}.", field="priority"
        )
    return location


def in_order(locations: Iterable[Location]) -> list[str]:
    """Return the ids of the active ones, that from which is taken first before the others."""
    active = [each for each in locations if each.is_active]
    return [each.id for each in sorted(active, key=lambda each: (each.priority, each.id))]
