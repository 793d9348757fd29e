"""Operations on inventory, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.inventory import (
    Level,
    Location,
    Locations,
    MadeReservation,
    Movement,
    Reservation,
    ReservationChange,
    StockCost,
    StockLine,
)


class AsyncInventoryOperations(AsyncTransport):
    """The operations on inventory."""

    async def list_locations(self) -> Locations:
        """The locations of an org, those first from which is taken first."""
        return await self._send(
            Call[Locations](method="GET", path="/v1/locations", result=Locations, query={})
        )

    async def set_location(
        self,
        *,
        id: str,
        name: str,
        priority: int | None = None,
        active: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Location:
        """Set a location, in place of the one of that id."""
        return await self._send(
            Call[Location](
                method="PUT",
                path="/v1/locations",
                result=Location,
                query={},
                body={
                    "id": to_json(id),
                    "name": to_json(name),
                    **sent_json(priority=priority, active=active),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_movements(
        self,
        *,
        sku: str | None = None,
        location: str | None = None,
        owner: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[Movement]:
        """Every change of a level, the newest first; of one SKU, of one location, of what one
        owner had reserved, or of a time.
        """
        return self._pages(
            Call[Page[Movement]](
                method="GET",
                path="/v1/stock/movements",
                result=Page[Movement],
                query=sent(
                    sku=sku,
                    location=location,
                    owner=owner,
                    from_=from_,
                    to=to,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    async def list_movements_page(
        self,
        *,
        sku: str | None = None,
        location: str | None = None,
        owner: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[Movement]:
        """Every change of a level, the newest first; of one SKU, of one location, of what one
        owner had reserved, or of a time.
        """
        return await self._send(
            Call[Page[Movement]](
                method="GET",
                path="/v1/stock/movements",
                result=Page[Movement],
                query=sent(
                    sku=sku,
                    location=location,
                    owner=owner,
                    from_=from_,
                    to=to,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )

    async def receive_stock(
        self,
        *,
        location: str,
        sku: str,
        quantity: int,
        reference: str | None = None,
        cost: Decimal | int | None = None,
        currency: str | None = None,
        idempotency_key: str | None = None,
    ) -> Movement:
        """Take units in that have come to a location, with what they have cost, if that is said."""
        return await self._send(
            Call[Movement](
                method="POST",
                path="/v1/stock/movements/receipts",
                result=Movement,
                query={},
                body={
                    "location": to_json(location),
                    "sku": to_json(sku),
                    "quantity": to_json(quantity),
                    **sent_json(reference=reference, cost=cost, currency=currency),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def adjust_stock(
        self,
        *,
        location: str,
        sku: str,
        quantity: int,
        reason: str,
        condition: Literal["sellable", "damaged"] | None = None,
        idempotency_key: str | None = None,
    ) -> Movement:
        """Count units that were not known, or below zero strike some off."""
        return await self._send(
            Call[Movement](
                method="POST",
                path="/v1/stock/movements/adjustments",
                result=Movement,
                query={},
                body={
                    "location": to_json(location),
                    "sku": to_json(sku),
                    "quantity": to_json(quantity),
                    "reason": to_json(reason),
                    **sent_json(condition=condition),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def transfer_stock(
        self,
        *,
        location: str,
        to: str,
        sku: str,
        quantity: int,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> Movement:
        """Move units that nobody has reserved to another location; the answer is the movement out,
        the one in is of the same commit.
        """
        return await self._send(
            Call[Movement](
                method="POST",
                path="/v1/stock/movements/transfers",
                result=Movement,
                query={},
                body={
                    "location": to_json(location),
                    "to": to_json(to),
                    "sku": to_json(sku),
                    "quantity": to_json(quantity),
                    **sent_json(reference=reference),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def return_stock(
        self,
        *,
        reservation: str,
        owner: str,
        lines: Sequence[StockLine],
        condition: Literal["sellable", "damaged"],
        location: str | None = None,
        idempotency_key: str | None = None,
    ) -> ReservationChange:
        """Take units back that an owner was sent, never more than were shipped to them."""
        return await self._send(
            Call[ReservationChange](
                method="POST",
                path="/v1/stock/movements/returns",
                result=ReservationChange,
                query={},
                body={
                    "reservation": to_json(reservation),
                    "owner": to_json(owner),
                    "lines": to_json(lines),
                    "condition": to_json(condition),
                    **sent_json(location=location),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def reserve_stock(
        self,
        *,
        owner: str,
        lines: Sequence[StockLine],
        expires_in: int | None = None,
        idempotency_key: str | None = None,
    ) -> MadeReservation:
        """Set units aside for an owner, for 15 minutes unless said: every line, or none."""
        return await self._send(
            Call[MadeReservation](
                method="POST",
                path="/v1/stock/reservations",
                result=MadeReservation,
                query={},
                body={
                    "owner": to_json(owner),
                    "lines": to_json(lines),
                    **sent_json(expires_in=expires_in),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def look_at_reservation(self, reservation: str) -> Reservation:
        """A reservation, also one that has ended, and what became of each part of it."""
        return await self._send(
            Call[Reservation](
                method="GET",
                path=path("/v1/stock/reservations/{reservation}", reservation=reservation),
                result=Reservation,
                query={},
            )
        )

    async def confirm_reservation(
        self, reservation: str, *, owner: str, idempotency_key: str | None = None
    ) -> ReservationChange:
        """Have time not end an owner's reservation any more."""
        return await self._send(
            Call[ReservationChange](
                method="POST",
                path=path("/v1/stock/reservations/{reservation}/confirm", reservation=reservation),
                result=ReservationChange,
                query={},
                body={"owner": to_json(owner)},
                key=idempotency_key or new_id(),
            )
        )

    async def release_reservation(
        self,
        reservation: str,
        *,
        owner: str,
        lines: Sequence[StockLine] | None = None,
        idempotency_key: str | None = None,
    ) -> ReservationChange:
        """Set units aside no more: those of some lines, or all that are left of the reservation."""
        return await self._send(
            Call[ReservationChange](
                method="POST",
                path=path("/v1/stock/reservations/{reservation}/release", reservation=reservation),
                result=ReservationChange,
                query={},
                body={"owner": to_json(owner), **sent_json(lines=lines)},
                key=idempotency_key or new_id(),
            )
        )

    async def ship_reservation(
        self,
        reservation: str,
        *,
        owner: str,
        lines: Sequence[StockLine] | None = None,
        idempotency_key: str | None = None,
    ) -> ReservationChange:
        """Have units of a confirmed reservation leave: those of some lines and no others, or all
        that are left.
        """
        return await self._send(
            Call[ReservationChange](
                method="POST",
                path=path("/v1/stock/reservations/{reservation}/ship", reservation=reservation),
                result=ReservationChange,
                query={},
                body={"owner": to_json(owner), **sent_json(lines=lines)},
                key=idempotency_key or new_id(),
            )
        )

    def list_costs(
        self,
        *,
        sku: str | None = None,
        location: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StockCost]:
        """What the units of each SKU that are on hand at each location have cost, by SKU and
        location; of one SKU, or of one location.
        """
        return self._pages(
            Call[Page[StockCost]](
                method="GET",
                path="/v1/stock/costs",
                result=Page[StockCost],
                query=sent(sku=sku, location=location, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_costs_page(
        self,
        *,
        sku: str | None = None,
        location: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[StockCost]:
        """What the units of each SKU that are on hand at each location have cost, by SKU and
        location; of one SKU, or of one location.
        """
        return await self._send(
            Call[Page[StockCost]](
                method="GET",
                path="/v1/stock/costs",
                result=Page[StockCost],
                query=sent(sku=sku, location=location, cursor=cursor, limit=limit),
            )
        )

    async def set_unit_cost(
        self,
        *,
        location: str,
        sku: str,
        unit_cost: Decimal | int,
        currency: str,
        idempotency_key: str | None = None,
    ) -> StockCost:
        """Say what a unit of a SKU has cost: each that is on hand at a location, and others that
        come there without a cost.
        """
        return await self._send(
            Call[StockCost](
                method="PUT",
                path="/v1/stock/costs",
                result=StockCost,
                query={},
                body={
                    "location": to_json(location),
                    "sku": to_json(sku),
                    "unit_cost": to_json(unit_cost),
                    "currency": to_json(currency),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_stock(
        self,
        *,
        sku: str | None = None,
        location: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Level]:
        """The units of each SKU at each location, by SKU and location; of one SKU, or of one
        location.
        """
        return self._pages(
            Call[Page[Level]](
                method="GET",
                path="/v1/stock",
                result=Page[Level],
                query=sent(sku=sku, location=location, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_stock_page(
        self,
        *,
        sku: str | None = None,
        location: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[Level]:
        """The units of each SKU at each location, by SKU and location; of one SKU, or of one
        location.
        """
        return await self._send(
            Call[Page[Level]](
                method="GET",
                path="/v1/stock",
                result=Page[Level],
                query=sent(sku=sku, location=location, cursor=cursor, limit=limit),
            )
        )

    async def set_stock(
        self, *, location: str, sku: str, allow_oversell: bool, idempotency_key: str | None = None
    ) -> Level:
        """Set whether more of a SKU may be reserved at a location than is on hand there."""
        return await self._send(
            Call[Level](
                method="PUT",
                path="/v1/stock",
                result=Level,
                query={},
                body={
                    "location": to_json(location),
                    "sku": to_json(sku),
                    "allow_oversell": to_json(allow_oversell),
                },
                key=idempotency_key or new_id(),
            )
        )
