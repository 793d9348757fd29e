"""Operations on roles, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tallystick.json_values import Page, new_id, to_json
from tallystick.transport import AsyncTransport, Call, path
from tallystick.values.roles import RemovedRole, Role


class AsyncRolesOperations(AsyncTransport):
    """The operations on roles."""

    async def roles(self, org: str) -> Page[Role]:
        """The roles that an org has made for itself, beside those that every org has."""
        return await self._send(
            Call[Page[Role]](
                method="GET",
                path=path("/v1/orgs/{org}/roles", org=org),
                result=Page[Role],
                query={},
            )
        )

    async def role(self, org: str, name: str) -> Role:
        """One role of an org's own."""
        return await self._send(
            Call[Role](
                method="GET",
                path=path("/v1/orgs/{org}/roles/{name}", org=org, name=name),
                result=Role,
                query={},
            )
        )

    async def define_role(
        self,
        org: str,
        name: str,
        *,
        permissions: Sequence[
            Literal[
                "adjustments:write",
                "api-keys:read",
                "api-keys:write",
                "appointments:read",
                "appointments:read:own",
                "appointments:write",
                "appointments:write:own",
                "audit:read",
                "balance:read",
                "balance:read:own",
                "billing-mode:write",
                "calendars:read",
                "calendars:write",
                "caps:read",
                "caps:write",
                "carriers:read",
                "carts:read",
                "carts:read:own",
                "carts:write",
                "carts:write:own",
                "catalogue:read",
                "catalogue:write",
                "conversions:write",
                "costs:read",
                "costs:write",
                "coupons:read",
                "coupons:write",
                "credits:write",
                "customers:read",
                "customers:read:own",
                "customers:write",
                "customers:write:own",
                "deposits:write",
                "disputes:read",
                "disputes:read:own",
                "entitlements:read",
                "entitlements:read:own",
                "fulfilments:read",
                "fulfilments:read:own",
                "fulfilments:write",
                "gift-cards:claim",
                "gift-cards:lookup",
                "gift-cards:read",
                "gift-cards:write",
                "grants:download",
                "grants:download:own",
                "grants:read",
                "grants:read:own",
                "grants:write",
                "holds:read",
                "holds:read:own",
                "holds:write",
                "internal-transfers:read",
                "internal-transfers:read:own",
                "internal-transfers:receive",
                "internal-transfers:receive:own",
                "internal-transfers:send",
                "invoice-settings:read",
                "invoice-settings:write",
                "invoices:read",
                "invoices:read:own",
                "invoices:write",
                "locations:read",
                "locations:write",
                "offers:read",
                "offers:write",
                "order-policy:read",
                "order-policy:write",
                "order-quotes:read",
                "order-quotes:read:own",
                "orders:confirm",
                "orders:import",
                "orders:read",
                "orders:read:own",
                "orders:refund",
                "orders:write",
                "orders:write:own",
                "orgs:read",
                "payer-details:read",
                "payer-details:read:own",
                "payer-details:write",
                "payer-details:write:own",
                "persons:erase",
                "plans:read",
                "plans:write",
                "prices:read",
                "prices:write",
                "promotions:read",
                "promotions:write",
                "purchase-policy:read",
                "purchase-policy:write",
                "purchases:confirm",
                "purchases:read",
                "purchases:read:own",
                "purchases:write",
                "purchases:write:own",
                "quotes:read",
                "rate-cards:read",
                "rate-cards:write",
                "refunds:read",
                "refunds:read:own",
                "refunds:write",
                "returns:exchange",
                "returns:read",
                "returns:read:own",
                "returns:receive",
                "returns:refund",
                "returns:write",
                "returns:write:own",
                "reversals:write",
                "roles:read",
                "roles:write",
                "statement:read",
                "statement:read:own",
                "stock:read",
                "stock:write",
                "store-credits:claim",
                "store-credits:read",
                "store-credits:read:own",
                "store-credits:write",
                "subscription-policy:read",
                "subscription-policy:write",
                "subscriptions:read",
                "subscriptions:read:own",
                "subscriptions:write",
                "subscriptions:write:own",
                "tax-rates:read",
                "tax-rates:write",
                "transactions:read",
                "transactions:read:own",
                "transfers:write",
                "usage:read",
                "usage:read:own",
                "usage:write",
                "wallets:write",
                "webhooks:read",
                "webhooks:write",
            ]
        ],
        idempotency_key: str | None = None,
    ) -> Role:
        """Make a role, or change what it lets its holders do: all of them at once, from now on."""
        return await self._send(
            Call[Role](
                method="PUT",
                path=path("/v1/orgs/{org}/roles/{name}", org=org, name=name),
                result=Role,
                query={},
                body={"permissions": to_json(permissions)},
                key=idempotency_key or new_id(),
            )
        )

    async def remove_role(
        self, org: str, name: str, *, idempotency_key: str | None = None
    ) -> RemovedRole:
        """Remove a role that no API key holds."""
        return await self._send(
            Call[RemovedRole](
                method="DELETE",
                path=path("/v1/orgs/{org}/roles/{name}", org=org, name=name),
                result=RemovedRole,
                query={},
                key=idempotency_key or new_id(),
            )
        )
