"""Locations: where an org keeps its stock."""

from __future__ import annotations

from api.commands.inventory.locations import SetLocation
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.inventory.answers.locations import (
    LocationAnswer,
    LocationsAnswer,
    location_answer,
)
from api.http.inventory.bodies import LocationAsked, location_in
from api.http.inventory.permissions import LocationsReader, LocationsWriter
from api.http.router import Router
from api.queries.inventory.locations import locations_of
from ledger.inventory.location_book import LocationBook

router = Router(prefix="/v1/locations", tags=["inventory"])


@router.get("")
async def list_locations(caller: LocationsReader) -> Ok[LocationsAnswer]:
    """The locations of an org, those first from which is taken first."""
    found = await locations_of(caller.service.reader, caller.org)
    return Ok(LocationsAnswer([location_answer(each) for each in found]))


@router.put("")
async def set_location(
    caller: LocationsWriter, key: IdempotencyKey, body: LocationAsked
) -> Ok[LocationAnswer]:
    """Set a location, in place of the one of that id. None is removed: one that is not active keeps
    its stock and its reservations, and nothing more is reserved there."""
    command = SetLocation(**caller.asks(key), sent=body.sent(), location=location_in(body))
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, LocationBook.LocationSet)
    return Ok(location_answer(fact.location), replayed=result.replayed)
