"""Operations on api keys, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.api_keys import ApiKey, IssuedApiKey, RevokedApiKey, RotatedApiKey


class AsyncApiKeysOperations(AsyncTransport):
    """The operations on api keys."""

    async def issue_api_key(
        self,
        org: str,
        *,
        name: str,
        role: str,
        subject: str | None = None,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> IssuedApiKey:
        """Make a key."""
        return await self._send(
            Call[IssuedApiKey](
                method="POST",
                path=path("/v1/orgs/{org}/api-keys", org=org),
                result=IssuedApiKey,
                query={},
                body={
                    "name": to_json(name),
                    "role": to_json(role),
                    **sent_json(subject=subject, expires_at=expires_at),
                },
                key=idempotency_key or new_id(),
            )
        )

    def api_keys(
        self, org: str, *, cursor: str | None = None, limit: int | None = None
    ) -> AsyncIterator[ApiKey]:
        """The keys of an org, also the revoked ones."""
        return self._pages(
            Call[Page[ApiKey]](
                method="GET",
                path=path("/v1/orgs/{org}/api-keys", org=org),
                result=Page[ApiKey],
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def api_keys_page(
        self, org: str, *, cursor: str | None = None, limit: int | None = None
    ) -> Page[ApiKey]:
        """The keys of an org, also the revoked ones."""
        return await self._send(
            Call[Page[ApiKey]](
                method="GET",
                path=path("/v1/orgs/{org}/api-keys", org=org),
                result=Page[ApiKey],
                query=sent(cursor=cursor, limit=limit),
            )
        )

    async def rotate_api_key(
        self,
        org: str,
        key_id: str,
        *,
        overlap: int,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> RotatedApiKey:
        """Make a key that takes the place of another: both open the same until the overlap is
        over.
        """
        return await self._send(
            Call[RotatedApiKey](
                method="POST",
                path=path("/v1/orgs/{org}/api-keys/{key_id}/rotate", org=org, key_id=key_id),
                result=RotatedApiKey,
                query={},
                body={"overlap": to_json(overlap), **sent_json(expires_at=expires_at)},
                key=idempotency_key or new_id(),
            )
        )

    async def revoke_api_key(
        self, org: str, key_id: str, *, idempotency_key: str | None = None
    ) -> RevokedApiKey:
        """Revoke a key: it opens nothing any more."""
        return await self._send(
            Call[RevokedApiKey](
                method="DELETE",
                path=path("/v1/orgs/{org}/api-keys/{key_id}", org=org, key_id=key_id),
                result=RevokedApiKey,
                query={},
                key=idempotency_key or new_id(),
            )
        )
