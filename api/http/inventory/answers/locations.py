"""Answers about locations."""

from __future__ import annotations

from api.http.answers import Answer
from ledger.inventory.location import Location


class LocationAnswer(Answer):
    """A location. Reservations are taken from active ones, that of the lowest `priority` first."""

    id: str
    name: str
    priority: int
    active: bool


class LocationsAnswer(Answer):
    """The locations of an org, those first from which is taken first."""

    data: list[LocationAnswer]


def location_answer(location: Location) -> LocationAnswer:
    """Return a location as it is answered."""
    return LocationAnswer(location.id, location.name, location.priority, location.is_active)
