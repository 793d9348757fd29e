"""Operations on subscriptions, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, sent
from tallystick.values.subscriptions import Entitlements, Plan, Plans


class AsyncSubscriptionsOperations(AsyncTransport):
    """The operations on subscriptions."""

    async def list_plans(self) -> Plans:
        """The plans that hold for the org: its own, else the platform's, else the default ones."""
        return await self._send(
            Call[Plans](method="GET", path="/v1/billing/plans", result=Plans, query={})
        )

    async def publish_plan(
        self,
        *,
        id: str,
        name: str,
        currency: str | None = None,
        price: Decimal | int | None = None,
        interval: Literal["month", "year"] | None = None,
        interval_count: int | None = None,
        credits_included: Decimal | int | None = None,
        roll_over_days: int | None = None,
        pooled: bool | None = None,
        seats_included: int | None = None,
        seat_price: Decimal | int | None = None,
        trial_days: int | None = None,
        after_trial: Literal["payment", "free"] | None = None,
        overage: Literal["blocked", "pay_as_you_go", "invoice"] | None = None,
        overage_price: Decimal | int | None = None,
        overage_limit: Decimal | int | None = None,
        net_days: int | None = None,
        entitlements: Mapping[str, bool | int | str] | None = None,
        limits: Mapping[str, int] | None = None,
        stripe_price_id: str | None = None,
        tax_category: str | None = None,
        idempotency_key: str | None = None,
    ) -> Plan:
        """Publish a plan from now on, in place of the one of that id."""
        return await self._send(
            Call[Plan](
                method="PUT",
                path="/v1/billing/plans",
                result=Plan,
                query={},
                body={
                    "id": to_json(id),
                    "name": to_json(name),
                    **sent_json(
                        currency=currency,
                        price=price,
                        interval=interval,
                        interval_count=interval_count,
                        credits_included=credits_included,
                        roll_over_days=roll_over_days,
                        pooled=pooled,
                        seats_included=seats_included,
                        seat_price=seat_price,
                        trial_days=trial_days,
                        after_trial=after_trial,
                        overage=overage,
                        overage_price=overage_price,
                        overage_limit=overage_limit,
                        net_days=net_days,
                        entitlements=entitlements,
                        limits=limits,
                        stripe_price_id=stripe_price_id,
                        tax_category=tax_category,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def look_at_entitlements(self, *, user: str | None = None) -> Entitlements:
        """What the plan of a user allows now."""
        return await self._send(
            Call[Entitlements](
                method="GET",
                path="/v1/billing/entitlements",
                result=Entitlements,
                query=sent(user=user),
            )
        )
