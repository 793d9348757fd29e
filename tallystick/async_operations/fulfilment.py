"""Operations on fulfilment, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from tallystick.json_values import Page, new_id, sent_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.fulfilment import (
    Carriers,
    Fulfilment,
    LineToShip,
    ListedShipment,
    Shipment,
)


class AsyncFulfilmentOperations(AsyncTransport):
    """The operations on fulfilment."""

    async def create_shipment(
        self,
        order: str,
        *,
        carrier: str | None = None,
        tracking_number: str | None = None,
        tracking_url: str | None = None,
        lines: Sequence[LineToShip] | None = None,
        location: str | None = None,
        idempotency_key: str | None = None,
    ) -> Shipment:
        """Make a shipment of units of an order that are in none, and are not paid back: of some,
        or of all.
        """
        return await self._send(
            Call[Shipment](
                method="POST",
                path=path("/v1/orders/{order}/fulfilments", order=order),
                result=Shipment,
                query={},
                body=sent_json(
                    carrier=carrier,
                    tracking_number=tracking_number,
                    tracking_url=tracking_url,
                    lines=lines,
                    location=location,
                ),
                key=idempotency_key or new_id(),
            )
        )

    async def look_at_fulfilment(
        self, order: str, *, guest_secret: str | None = None
    ) -> Fulfilment:
        """How far an order is: its shipments, those that were made first first, and what became of
        the units of each line.
        """
        return await self._send(
            Call[Fulfilment](
                method="GET",
                path=path("/v1/orders/{order}/fulfilments", order=order),
                result=Fulfilment,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def ship_shipment(
        self,
        order: str,
        shipment: str,
        *,
        carrier: str | None = None,
        tracking_number: str | None = None,
        tracking_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Shipment:
        """Have a shipment leave: its units are on hand no more, and no others."""
        return await self._send(
            Call[Shipment](
                method="POST",
                path=path(
                    "/v1/orders/{order}/fulfilments/{shipment}/ship", order=order, shipment=shipment
                ),
                result=Shipment,
                query={},
                body=sent_json(
                    carrier=carrier, tracking_number=tracking_number, tracking_url=tracking_url
                ),
                key=idempotency_key or new_id(),
            )
        )

    async def deliver_shipment(
        self, order: str, shipment: str, *, idempotency_key: str | None = None
    ) -> Shipment:
        """Say that a shipment has arrived."""
        return await self._send(
            Call[Shipment](
                method="POST",
                path=path(
                    "/v1/orders/{order}/fulfilments/{shipment}/deliver",
                    order=order,
                    shipment=shipment,
                ),
                result=Shipment,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def cancel_shipment(
        self, order: str, shipment: str, *, idempotency_key: str | None = None
    ) -> Shipment:
        """Give a shipment up that has not left: its units can be in another."""
        return await self._send(
            Call[Shipment](
                method="POST",
                path=path(
                    "/v1/orders/{order}/fulfilments/{shipment}/cancel",
                    order=order,
                    shipment=shipment,
                ),
                result=Shipment,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def list_shipments(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ListedShipment]:
        """An org's shipments, of orders of one user or of all the caller may see, those made last
        first; what is to be packed is `created`.
        """
        return self._pages(
            Call[Page[ListedShipment]](
                method="GET",
                path="/v1/fulfilments",
                result=Page[ListedShipment],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            ),
            cursor,
        )

    async def list_shipments_page(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedShipment]:
        """An org's shipments, of orders of one user or of all the caller may see, those made last
        first; what is to be packed is `created`.
        """
        return await self._send(
            Call[Page[ListedShipment]](
                method="GET",
                path="/v1/fulfilments",
                result=Page[ListedShipment],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            )
        )

    async def list_carriers(self) -> Carriers:
        """The carriers of which it is known where they tell how far a shipment is; any other is
        named with its `tracking_url`.
        """
        return await self._send(
            Call[Carriers](method="GET", path="/v1/carriers", result=Carriers, query={})
        )
