"""Operations on access, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from tallystick.json_values import new_id, sent_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.access import DownloadLink, Grant, Grants


class AsyncAccessOperations(AsyncTransport):
    """The operations on access."""

    def list_grants(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        kind: str | None = None,
        course: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        guest_secret: str | None = None,
    ) -> AsyncIterator[Grant]:
        """What orders have given that is no parcel, of one user or of all the caller may see, the
        newest first: of an `order`, of a `kind`, to a `course`, or what is `active` now.
        """
        return self._pages(
            Call[Grants](
                method="GET",
                path="/v1/grants",
                result=Grants,
                query=sent(
                    user=user,
                    order=order,
                    kind=kind,
                    course=course,
                    state=state,
                    cursor=cursor,
                    limit=limit,
                ),
                headers=sent(**{"Guest-Secret": guest_secret}),
            ),
            cursor,
        )

    async def list_grants_page(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        kind: str | None = None,
        course: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        guest_secret: str | None = None,
    ) -> Grants:
        """What orders have given that is no parcel, of one user or of all the caller may see, the
        newest first: of an `order`, of a `kind`, to a `course`, or what is `active` now.
        """
        return await self._send(
            Call[Grants](
                method="GET",
                path="/v1/grants",
                result=Grants,
                query=sent(
                    user=user,
                    order=order,
                    kind=kind,
                    course=course,
                    state=state,
                    cursor=cursor,
                    limit=limit,
                ),
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def look_at_grant(self, grant: str, *, guest_secret: str | None = None) -> Grant:
        """What one line of an order has given, as it is now."""
        return await self._send(
            Call[Grant](
                method="GET",
                path=path("/v1/grants/{grant}", grant=grant),
                result=Grant,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def revoke_grant(
        self, grant: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Grant:
        """Take access or a download back, whatever became of its money."""
        return await self._send(
            Call[Grant](
                method="POST",
                path=path("/v1/grants/{grant}/revoke", grant=grant),
                result=Grant,
                query={},
                body=sent_json(reason=reason),
                key=idempotency_key or new_id(),
            )
        )

    async def make_download_link(
        self, grant: str, *, guest_secret: str | None = None
    ) -> DownloadLink:
        """Make a link to a file that was bought, which needs no credential for 15 minutes."""
        return await self._send(
            Call[DownloadLink](
                method="POST",
                path=path("/v1/downloads/{grant}/link", grant=grant),
                result=DownloadLink,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def download(
        self, org: str, grant: str, *, expires: str | None = None, signature: str | None = None
    ) -> str:
        """The file of a link."""
        return await self._send(
            Call[str](
                method="GET",
                path=path("/downloads/{org}/{grant}", org=org, grant=grant),
                result=str,
                query=sent(expires=expires, signature=signature),
            )
        )
