"""Operations on audit, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.audit import (
    Checkpoint,
    Consistency,
    Erasure,
    Event,
    Inclusion,
    Refusal,
)


class AsyncAuditOperations(AsyncTransport):
    """The operations on audit."""

    async def journal(
        self,
        *,
        format: Literal["beancount", "hledger", "csv"],
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
    ) -> str:
        """The double entry of every event as beancount, hledger or csv, with balances asserted."""
        return await self._send(
            Call[str](
                method="GET",
                path="/v1/audit/journal",
                result=str,
                query=sent(format=format, from_=from_, to=to),
            )
        )

    async def checkpoint(self, *, size: int | None = None) -> Checkpoint:
        """The newest checkpoint, or the first that covers a size."""
        return await self._send(
            Call[Checkpoint](
                method="GET", path="/v1/audit/checkpoint", result=Checkpoint, query=sent(size=size)
            )
        )

    async def inclusion_proof(
        self, *, sequence: int | None = None, size: int | None = None
    ) -> Inclusion:
        """That an event is in the log of the newest checkpoint, or of the first that covers a
        size.
        """
        return await self._send(
            Call[Inclusion](
                method="GET",
                path="/v1/audit/proofs/inclusion",
                result=Inclusion,
                query=sent(sequence=sequence, size=size),
            )
        )

    async def consistency_proof(
        self, *, from_: int | None = None, to: int | None = None
    ) -> Consistency:
        """That the log of the newest checkpoint, or of the first that covers `to`, begins with the
        first `from` events.
        """
        return await self._send(
            Call[Consistency](
                method="GET",
                path="/v1/audit/proofs/consistency",
                result=Consistency,
                query=sent(from_=from_, to=to),
            )
        )

    async def export(
        self, *, from_: datetime | date | None = None, to: datetime | date | None = None
    ) -> bytes:
        """A bundle that a stranger can verify: sequences (both included), or times (half-open)."""
        return await self._send(
            Call[bytes](
                method="GET", path="/v1/audit/export", result=bytes, query=sent(from_=from_, to=to)
            )
        )

    async def erase_person(
        self, *, user: str, reason: str | None = None, idempotency_key: str | None = None
    ) -> Erasure:
        """Erase a person's texts: metadata, reasons, addresses and agents."""
        return await self._send(
            Call[Erasure](
                method="POST",
                path="/v1/audit/erasures",
                result=Erasure,
                query={},
                body={"user": to_json(user), **sent_json(reason=reason)},
                key=idempotency_key or new_id(),
            )
        )

    def events(
        self,
        *,
        type: str | None = None,
        user: str | None = None,
        subject: str | None = None,
        key_id: str | None = None,
        request_id: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        from_sequence: int | None = None,
        to_sequence: int | None = None,
        as_of: datetime | date | None = None,
        lines: Literal["false", "true"] | None = None,
        order: Literal["desc", "asc"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Event]:
        """Events with who recorded them."""
        return self._pages(
            Call[Page[Event]](
                method="GET",
                path="/v1/audit/events",
                result=Page[Event],
                query=sent(
                    type=type,
                    user=user,
                    subject=subject,
                    key_id=key_id,
                    request_id=request_id,
                    from_=from_,
                    to=to,
                    from_sequence=from_sequence,
                    to_sequence=to_sequence,
                    as_of=as_of,
                    lines=lines,
                    order=order,
                    cursor=cursor,
                    limit=limit,
                ),
            ),
            cursor,
        )

    async def events_page(
        self,
        *,
        type: str | None = None,
        user: str | None = None,
        subject: str | None = None,
        key_id: str | None = None,
        request_id: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        from_sequence: int | None = None,
        to_sequence: int | None = None,
        as_of: datetime | date | None = None,
        lines: Literal["false", "true"] | None = None,
        order: Literal["desc", "asc"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[Event]:
        """Events with who recorded them."""
        return await self._send(
            Call[Page[Event]](
                method="GET",
                path="/v1/audit/events",
                result=Page[Event],
                query=sent(
                    type=type,
                    user=user,
                    subject=subject,
                    key_id=key_id,
                    request_id=request_id,
                    from_=from_,
                    to=to,
                    from_sequence=from_sequence,
                    to_sequence=to_sequence,
                    as_of=as_of,
                    lines=lines,
                    order=order,
                    cursor=cursor,
                    limit=limit,
                ),
            )
        )

    async def event(self, sequence: int, *, as_of: datetime | date | None = None) -> Event:
        """One event with who recorded it."""
        return await self._send(
            Call[Event](
                method="GET",
                path=path("/v1/audit/events/{sequence}", sequence=sequence),
                result=Event,
                query=sent(as_of=as_of),
            )
        )

    def refusals(
        self,
        *,
        code: str | None = None,
        subject: str | None = None,
        key_id: str | None = None,
        request_id: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        order: Literal["desc", "asc"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Refusal]:
        """Refused requests; those that were alike within a second are one entry with `times`."""
        return self._pages(
            Call[Page[Refusal]](
                method="GET",
                path="/v1/audit/refusals",
                result=Page[Refusal],
                query=sent(
                    code=code,
                    subject=subject,
                    key_id=key_id,
                    request_id=request_id,
                    from_=from_,
                    to=to,
                    order=order,
                    cursor=cursor,
                    limit=limit,
                ),
            ),
            cursor,
        )

    async def refusals_page(
        self,
        *,
        code: str | None = None,
        subject: str | None = None,
        key_id: str | None = None,
        request_id: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        order: Literal["desc", "asc"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[Refusal]:
        """Refused requests; those that were alike within a second are one entry with `times`."""
        return await self._send(
            Call[Page[Refusal]](
                method="GET",
                path="/v1/audit/refusals",
                result=Page[Refusal],
                query=sent(
                    code=code,
                    subject=subject,
                    key_id=key_id,
                    request_id=request_id,
                    from_=from_,
                    to=to,
                    order=order,
                    cursor=cursor,
                    limit=limit,
                ),
            )
        )
