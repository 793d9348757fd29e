"""The summary `shipments`: each shipment and where it is, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple

from ledger.fulfilment.shipment import ShipmentStatus, Tracking
from ledger.fulfilment.shipment_facts import (
    ShipmentCancelled,
    ShipmentCreated,
    ShipmentDelivered,
    ShipmentShipped,
)
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import name_of
from projections.changes import Change, summary_of


class ShipmentRow(NamedTuple):
    """A shipment. `owner` is the user whose order it is of; none: a guest's. `location`: from where
    alone it is sent; `units`: those of all its `lines` together."""

    org: str
    order_id: str
    shipment: str
    owner: str | None
    status: str | None
    location: str | None
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    lines: int | None
    units: int | None
    created_us: int | None
    shipped_us: int | None
    delivered_us: int | None
    cancelled_us: int | None
    sequence: int


@ByType
def changes_of(fact: Fact) -> list[Change]:
    """Return what a fact says of a shipment; most kinds of facts say nothing."""
    return []


@changes_of.register
def _created(fact: ShipmentCreated) -> list[Change]:
    return _of(
        fact,
        fact.shipment,
        ShipmentStatus.CREATED,
        owner=fact.user,
        location=fact.location,
        lines=len(fact.lines),
        units=sum(each.units for each in fact.lines),
        created_us=fact.recorded_us,
        **_tracked(fact.tracking),
    )


@changes_of.register
def _shipped(fact: ShipmentShipped) -> list[Change]:
    tracked, at = _tracked(fact.tracking), fact.recorded_us
    return _of(fact, fact.shipment, ShipmentStatus.SHIPPED, shipped_us=at, **tracked)


@changes_of.register
def _delivered(fact: ShipmentDelivered) -> list[Change]:
    return _of(fact, fact.shipment, ShipmentStatus.DELIVERED, delivered_us=fact.recorded_us)


@changes_of.register
def _cancelled(fact: ShipmentCancelled) -> list[Change]:
    return _of(fact, fact.shipment, ShipmentStatus.CANCELLED, cancelled_us=fact.recorded_us)


def _tracked(tracking: Tracking | None) -> dict[str, str | None]:
    found = tracking or Tracking()
    return {
        "carrier": found.carrier,
        "tracking_number": found.number,
        "tracking_url": found.url,
    }


def _of(fact: Fact, shipment: str, status: ShipmentStatus, **values: object) -> list[Change]:
    key = (name_of(fact.originator_id), shipment)
    return [Change(key, {"status": status.value, **values})]


FIRSTS = frozenset({"owner", "location", "lines", "units", "created_us"})

READ_MODEL = summary_of("shipments", ShipmentRow, changes_of, 3, FIRSTS)
