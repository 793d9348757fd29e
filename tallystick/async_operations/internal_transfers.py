"""Operations on internal transfers, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from tallystick.json_values import new_id, sent_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.internal_transfers import InternalTransfer, InternalTransfers


class AsyncInternalTransfersOperations(AsyncTransport):
    """The operations on internal transfers."""

    def list_internal_transfers(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        from_location: str | None = None,
        to_location: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        guest_secret: str | None = None,
    ) -> AsyncIterator[InternalTransfer]:
        """Internal transfers of orders of one user or of all the caller may see, those requested
        last first; those that are `requested` or `sent` wait for somebody.
        """
        return self._pages(
            Call[InternalTransfers](
                method="GET",
                path="/v1/internal-transfers",
                result=InternalTransfers,
                query=sent(
                    user=user,
                    order=order,
                    from_location=from_location,
                    to_location=to_location,
                    status=status,
                    cursor=cursor,
                    limit=limit,
                ),
                headers=sent(**{"Guest-Secret": guest_secret}),
            ),
            cursor,
        )

    async def list_internal_transfers_page(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        from_location: str | None = None,
        to_location: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        guest_secret: str | None = None,
    ) -> InternalTransfers:
        """Internal transfers of orders of one user or of all the caller may see, those requested
        last first; those that are `requested` or `sent` wait for somebody.
        """
        return await self._send(
            Call[InternalTransfers](
                method="GET",
                path="/v1/internal-transfers",
                result=InternalTransfers,
                query=sent(
                    user=user,
                    order=order,
                    from_location=from_location,
                    to_location=to_location,
                    status=status,
                    cursor=cursor,
                    limit=limit,
                ),
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def look_at_internal_transfer(
        self, transfer: str, *, guest_secret: str | None = None
    ) -> InternalTransfer:
        """An internal transfer, as it is now."""
        return await self._send(
            Call[InternalTransfer](
                method="GET",
                path=path("/v1/internal-transfers/{transfer}", transfer=transfer),
                result=InternalTransfer,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def send_internal_transfer(
        self, transfer: str, *, units: int | None = None, idempotency_key: str | None = None
    ) -> InternalTransfer:
        """Have units leave, or all that are still to: they are on hand no more where they come
        from, and not yet where they go.
        """
        return await self._send(
            Call[InternalTransfer](
                method="POST",
                path=path("/v1/internal-transfers/{transfer}/send", transfer=transfer),
                result=InternalTransfer,
                query={},
                body=sent_json(units=units),
                key=idempotency_key or new_id(),
            )
        )

    async def receive_internal_transfer(
        self, transfer: str, *, units: int | None = None, idempotency_key: str | None = None
    ) -> InternalTransfer:
        """Say that units have arrived, or all that are on their way: they are on hand where they
        went.
        """
        return await self._send(
            Call[InternalTransfer](
                method="POST",
                path=path("/v1/internal-transfers/{transfer}/receive", transfer=transfer),
                result=InternalTransfer,
                query={},
                body=sent_json(units=units),
                key=idempotency_key or new_id(),
            )
        )

    async def refuse_internal_transfer(
        self,
        transfer: str,
        *,
        units: int | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> InternalTransfer:
        """Say that units are not taken, or none that are on their way: they are on hand again
        where they had left, and are nobody's.
        """
        return await self._send(
            Call[InternalTransfer](
                method="POST",
                path=path("/v1/internal-transfers/{transfer}/refuse", transfer=transfer),
                result=InternalTransfer,
                query={},
                body=sent_json(units=units, reason=reason),
                key=idempotency_key or new_id(),
            )
        )
