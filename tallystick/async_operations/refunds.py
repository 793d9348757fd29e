"""Operations on refunds, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.refunds import ListedRefund, Refund


class AsyncRefundsOperations(AsyncTransport):
    """The operations on refunds."""

    async def request_refund(
        self,
        *,
        purchase: str,
        amount: Decimal | int | None = None,
        reason: str | None = None,
        override: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Refund:
        """Ask for money to go back."""
        return await self._send(
            Call[Refund](
                method="POST",
                path="/v1/billing/refunds",
                result=Refund,
                query={},
                body={
                    "purchase": to_json(purchase),
                    **sent_json(amount=amount, reason=reason, override=override),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_refunds(
        self,
        *,
        user: str | None = None,
        purchase: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ListedRefund]:
        """An org's refunds, of one user, of one purchase, or of all the caller may see, those
        asked for last first.
        """
        return self._pages(
            Call[Page[ListedRefund]](
                method="GET",
                path="/v1/billing/refunds",
                result=Page[ListedRefund],
                query=sent(
                    user=user,
                    purchase=purchase,
                    status=status,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    async def list_refunds_page(
        self,
        *,
        user: str | None = None,
        purchase: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedRefund]:
        """An org's refunds, of one user, of one purchase, or of all the caller may see, those
        asked for last first.
        """
        return await self._send(
            Call[Page[ListedRefund]](
                method="GET",
                path="/v1/billing/refunds",
                result=Page[ListedRefund],
                query=sent(
                    user=user,
                    purchase=purchase,
                    status=status,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )

    async def look_at_refund(self, refund: str) -> ListedRefund:
        """One refund as it is now."""
        return await self._send(
            Call[ListedRefund](
                method="GET",
                path=path("/v1/billing/refunds/{refund}", refund=refund),
                result=ListedRefund,
                query={},
            )
        )
