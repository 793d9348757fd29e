"""Operations on api keys, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.api_keys import ApiKey, IssuedApiKey, RevokedApiKey


class ApiKeysOperations(Transport):
    """The operations on api keys."""

    def issue_api_key(
        self,
        org: str,
        *,
        name: str,
        role: Literal["operator", "admin", "billing", "gateway", "auditor", "member"],
        subject: str | None = None,
        idempotency_key: str | None = None,
    ) -> IssuedApiKey:
        """Make a key."""
        return self._send(
            Call[IssuedApiKey](
                method="POST",
                path=path("/v1/orgs/{org}/api-keys", org=org),
                result=IssuedApiKey,
                query={},
                body={"name": to_json(name), "role": to_json(role), **sent_json(subject=subject)},
                key=idempotency_key or new_id(),
            )
        )

    def api_keys(
        self, org: str, *, cursor: str | None = None, limit: int | None = None
    ) -> Iterator[ApiKey]:
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

    def api_keys_page(
        self, org: str, *, cursor: str | None = None, limit: int | None = None
    ) -> Page[ApiKey]:
        """The keys of an org, also the revoked ones."""
        return self._send(
            Call[Page[ApiKey]](
                method="GET",
                path=path("/v1/orgs/{org}/api-keys", org=org),
                result=Page[ApiKey],
                query=sent(cursor=cursor, limit=limit),
            )
        )

    def revoke_api_key(
        self, org: str, key_id: str, *, idempotency_key: str | None = None
    ) -> RevokedApiKey:
        """Revoke a key: it opens nothing any more."""
        return self._send(
            Call[RevokedApiKey](
                method="DELETE",
                path=path("/v1/orgs/{org}/api-keys/{key_id}", org=org, key_id=key_id),
                result=RevokedApiKey,
                query={},
                key=idempotency_key or new_id(),
            )
        )
