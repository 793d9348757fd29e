"""Operations on orgs, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.orgs import MovedOrg, Org


class OrgsOperations(Transport):
    """The operations on orgs."""

    def register_org(
        self,
        *,
        id: str,
        name: str,
        billing_mode: Literal["individual", "shared"] | None = None,
        shard: int | None = None,
        idempotency_key: str | None = None,
    ) -> Org:
        """Register an org and open its ledger."""
        return self._send(
            Call[Org](
                method="POST",
                path="/v1/orgs",
                result=Org,
                query={},
                body={
                    "id": to_json(id),
                    "name": to_json(name),
                    **sent_json(billing_mode=billing_mode, shard=shard),
                },
                key=idempotency_key or new_id(),
            )
        )

    def orgs(self, *, cursor: str | None = None, limit: int | None = None) -> Iterator[Org]:
        """Every org for an operator; for others their own."""
        return self._pages(
            Call[Page[Org]](
                method="GET",
                path="/v1/orgs",
                result=Page[Org],
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def orgs_page(self, *, cursor: str | None = None, limit: int | None = None) -> Page[Org]:
        """Every org for an operator; for others their own."""
        return self._send(
            Call[Page[Org]](
                method="GET",
                path="/v1/orgs",
                result=Page[Org],
                query=sent(cursor=cursor, limit=limit),
            )
        )

    def org(self, org: str) -> Org:
        """One org."""
        return self._send(
            Call[Org](method="GET", path=path("/v1/orgs/{org}", org=org), result=Org, query={})
        )

    def change_billing_mode(
        self,
        org: str,
        *,
        billing_mode: Literal["individual", "shared"],
        idempotency_key: str | None = None,
    ) -> Org:
        """Change whose wallets pay for usage from now on; open holds stay where they are."""
        return self._send(
            Call[Org](
                method="PATCH",
                path=path("/v1/orgs/{org}", org=org),
                result=Org,
                query={},
                body={"billing_mode": to_json(billing_mode)},
                key=idempotency_key or new_id(),
            )
        )

    def move(
        self, org: str, *, slot: str, reason: str | None = None, idempotency_key: str | None = None
    ) -> MovedOrg:
        """Have another shard's writer record what the org does from now on."""
        return self._send(
            Call[MovedOrg](
                method="POST",
                path=path("/v1/orgs/{org}/move", org=org),
                result=MovedOrg,
                query={},
                body={"slot": to_json(slot), **sent_json(reason=reason)},
                key=idempotency_key or new_id(),
            )
        )
