"""Operations on disputes, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from tallystick.json_values import Page, new_id, sent_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.disputes import Dispute, Evidence


class AsyncDisputesOperations(AsyncTransport):
    """The operations on disputes."""

    async def send_evidence(
        self,
        dispute: str,
        *,
        texts: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Evidence:
        """Hand in what speaks against a dispute, while the bank has not decided: texts, or what is
        recorded of what was bought and used.
        """
        return await self._send(
            Call[Evidence](
                method="POST",
                path=path("/v1/billing/disputes/{dispute}/evidence", dispute=dispute),
                result=Evidence,
                query={},
                body=sent_json(texts=texts),
                key=idempotency_key or new_id(),
            )
        )

    def list_disputes(
        self,
        *,
        user: str | None = None,
        purchase: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[Dispute]:
        """An org's disputes, of one user, of one purchase, or of all the caller may see, those
        opened last first.
        """
        return self._pages(
            Call[Page[Dispute]](
                method="GET",
                path="/v1/billing/disputes",
                result=Page[Dispute],
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

    async def list_disputes_page(
        self,
        *,
        user: str | None = None,
        purchase: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[Dispute]:
        """An org's disputes, of one user, of one purchase, or of all the caller may see, those
        opened last first.
        """
        return await self._send(
            Call[Page[Dispute]](
                method="GET",
                path="/v1/billing/disputes",
                result=Page[Dispute],
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

    async def look_at_dispute(self, dispute: str) -> Dispute:
        """One dispute as it is now."""
        return await self._send(
            Call[Dispute](
                method="GET",
                path=path("/v1/billing/disputes/{dispute}", dispute=dispute),
                result=Dispute,
                query={},
            )
        )
