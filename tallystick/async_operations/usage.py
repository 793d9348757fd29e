"""Operations on usage, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, sent
from tallystick.values.usage import (
    Batch,
    Transaction,
    UsageLine,
    UsageReport,
    UsageSums,
)


class AsyncUsageOperations(AsyncTransport):
    """The operations on usage."""

    async def record_usage(
        self,
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
        on_shortfall: Literal["debt", "reject"] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Transaction:
        """Debit one use."""
        return await self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/usage",
                result=Transaction,
                query={},
                body={
                    "id": to_json(id or new_id()),
                    **sent_json(
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
                        on_shortfall=on_shortfall,
                        metadata=metadata,
                    ),
                },
            )
        )

    def usage_report(
        self,
        *,
        period: str,
        granularity: Literal["hourly", "daily", "monthly"] | None = None,
        group_by: str | None = None,
        user: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[UsageSums]:
        """Sums of a period (occurred time) for each combination of what they are grouped by."""
        return self._pages(
            Call[UsageReport](
                method="GET",
                path="/v1/billing/usage",
                result=UsageReport,
                query=sent(
                    period=period,
                    granularity=granularity,
                    group_by=group_by,
                    user=user,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    async def usage_report_page(
        self,
        *,
        period: str,
        granularity: Literal["hourly", "daily", "monthly"] | None = None,
        group_by: str | None = None,
        user: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> UsageReport:
        """Sums of a period (occurred time) for each combination of what they are grouped by."""
        return await self._send(
            Call[UsageReport](
                method="GET",
                path="/v1/billing/usage",
                result=UsageReport,
                query=sent(
                    period=period,
                    granularity=granularity,
                    group_by=group_by,
                    user=user,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )

    async def record_usage_batch(
        self, *, mode: Literal["independent", "atomic"], items: Sequence[UsageLine]
    ) -> Batch:
        """Debit 1 to 1,000 uses: `independent`, each for itself, or `atomic`, all or none."""
        return await self._send(
            Call[Batch](
                method="POST",
                path="/v1/billing/usage/batch",
                result=Batch,
                query={},
                body={"mode": to_json(mode), "items": to_json(items)},
            )
        )
