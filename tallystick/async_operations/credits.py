"""Operations on credits, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call
from tallystick.values.credits import Allowance, AllowanceSet, Paid
from tallystick.values.usage import (
    Transaction,
)


class AsyncCreditsOperations(AsyncTransport):
    """The operations on credits."""

    async def deposit(
        self,
        *,
        amount: Decimal | int,
        user: str | None = None,
        asset: str | None = None,
        paid: Paid | None = None,
        reference: str | None = None,
        idempotency_key: str | None = None,
    ) -> Transaction:
        """Record bought credits: a purchased lot, which pays debt first."""
        return await self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/deposits",
                result=Transaction,
                query={},
                body={
                    "amount": to_json(amount),
                    **sent_json(user=user, asset=asset, paid=paid, reference=reference),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def grant(
        self,
        *,
        amount: Decimal | int,
        kind: Literal["purchased", "included", "free", "promotional", "adjustment"],
        user: str | None = None,
        expires_at: datetime | None = None,
        effective_at: datetime | None = None,
        priority: int | None = None,
        reason: str | None = None,
        period_end: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Transaction:
        """Give credits: a lot of a kind, with an expiry, an effective time and a priority."""
        return await self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/credits",
                result=Transaction,
                query={},
                body={
                    "amount": to_json(amount),
                    "kind": to_json(kind),
                    **sent_json(
                        user=user,
                        expires_at=expires_at,
                        effective_at=effective_at,
                        priority=priority,
                        reason=reason,
                        period_end=period_end,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def grant_starter(
        self, *, user: str, identity: str | None = None, idempotency_key: str | None = None
    ) -> Transaction:
        """Welcome a user with 5,000 credits for 30 days, once for ever, and once for an identity;
        and with this month's free allowance at once, if the org gives one.
        """
        return await self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/credits/starter",
                result=Transaction,
                query={},
                body={"user": to_json(user), **sent_json(identity=identity)},
                key=idempotency_key or new_id(),
            )
        )

    async def allowance(self) -> Allowance:
        """What each user gets a month, and the last month that was given to all of them."""
        return await self._send(
            Call[Allowance](method="GET", path="/v1/billing/allowance", result=Allowance, query={})
        )

    async def set_allowance(
        self,
        *,
        free_monthly: Decimal | int | None,
        verified_only: bool | None = None,
        idempotency_key: str | None = None,
    ) -> AllowanceSet:
        """Give each user so much free credit a month."""
        return await self._send(
            Call[AllowanceSet](
                method="PUT",
                path="/v1/billing/allowance",
                result=AllowanceSet,
                query={},
                body={
                    "free_monthly": to_json(free_monthly),
                    **sent_json(verified_only=verified_only),
                },
                key=idempotency_key or new_id(),
            )
        )
