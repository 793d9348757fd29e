"""Operations on holds, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from decimal import Decimal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.holds import Capture, Hold


class AsyncHoldsOperations(AsyncTransport):
    """The operations on holds."""

    async def place_hold(
        self,
        *,
        user: str | None = None,
        amount: Decimal | int | None = None,
        service: str | None = None,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        input_tokens: int | None = None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        max_output_tokens: int | None = None,
        quantities: Mapping[str, int] | None = None,
        expires_in: int | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> Hold:
        """Set credit aside for work that is about to be done, for 15 minutes unless said."""
        return await self._send(
            Call[Hold](
                method="POST",
                path="/v1/billing/holds",
                result=Hold,
                query={},
                body=sent_json(
                    user=user,
                    amount=amount,
                    service=service,
                    project=project,
                    provider=provider,
                    model=model,
                    input_tokens=input_tokens,
                    cached_tokens=cached_tokens,
                    cache_write_tokens=cache_write_tokens,
                    max_output_tokens=max_output_tokens,
                    quantities=quantities,
                    expires_in=expires_in,
                    reference=reference,
                ),
                key=idempotency_key or new_id(),
            )
        )

    def holds(
        self, *, user: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> AsyncIterator[Hold]:
        """The open holds, newest first, of one user or of all the caller may see."""
        return self._pages(
            Call[Page[Hold]](
                method="GET",
                path="/v1/billing/holds",
                result=Page[Hold],
                query=sent(user=user, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def holds_page(
        self, *, user: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Page[Hold]:
        """The open holds, newest first, of one user or of all the caller may see."""
        return await self._send(
            Call[Page[Hold]](
                method="GET",
                path="/v1/billing/holds",
                result=Page[Hold],
                query=sent(user=user, cursor=cursor, limit=limit),
            )
        )

    async def hold(self, hold_id: str) -> Hold:
        """One hold, also one that has ended."""
        return await self._send(
            Call[Hold](
                method="GET",
                path=path("/v1/billing/holds/{hold_id}", hold_id=hold_id),
                result=Hold,
                query={},
            )
        )

    async def capture_hold(
        self,
        hold_id: str,
        *,
        id: str | None = None,
        user: str | None = None,
        occurred_at: datetime | None = None,
        service: str | None = None,
        project: str | None = None,
        provider: str | None = None,
        model: str | None = None,
        input_tokens: int | None = None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        output_tokens: int | None = None,
        quantities: Mapping[str, int] | None = None,
        amount: Decimal | int | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Capture:
        """Debit the actual use: what was not needed goes back, what is missing is taken too."""
        return await self._send(
            Call[Capture](
                method="POST",
                path=path("/v1/billing/holds/{hold_id}/capture", hold_id=hold_id),
                result=Capture,
                query={},
                body=sent_json(
                    id=id,
                    user=user,
                    occurred_at=occurred_at,
                    service=service,
                    project=project,
                    provider=provider,
                    model=model,
                    input_tokens=input_tokens,
                    cached_tokens=cached_tokens,
                    cache_write_tokens=cache_write_tokens,
                    output_tokens=output_tokens,
                    quantities=quantities,
                    amount=amount,
                    metadata=metadata,
                ),
                key=idempotency_key or new_id(),
            )
        )

    async def release_hold(self, hold_id: str, *, idempotency_key: str | None = None) -> Hold:
        """Give everything back: the work was not done."""
        return await self._send(
            Call[Hold](
                method="POST",
                path=path("/v1/billing/holds/{hold_id}/release", hold_id=hold_id),
                result=Hold,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def extend_hold(
        self, hold_id: str, *, expires_in: int, idempotency_key: str | None = None
    ) -> Hold:
        """Let a hold last that long from now; with all its extensions at most seven days."""
        return await self._send(
            Call[Hold](
                method="POST",
                path=path("/v1/billing/holds/{hold_id}/extend", hold_id=hold_id),
                result=Hold,
                query={},
                body={"expires_in": to_json(expires_in)},
                key=idempotency_key or new_id(),
            )
        )
