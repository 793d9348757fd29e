"""Operations on caps, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tallystick.json_values import Page, new_id, to_json
from tallystick.transport import Call, Transport, sent
from tallystick.values.caps import Alert, CapRead, CapSetting, CapsSet


class CapsOperations(Transport):
    """The operations on caps."""

    def caps(self) -> Page[CapRead]:
        """The caps in force, each with its highest counters of the present window: what was spent,
        what open holds set aside, and what is available.
        """
        return self._send(
            Call[Page[CapRead]](
                method="GET", path="/v1/billing/caps", result=Page[CapRead], query={}
            )
        )

    def set_caps(
        self, *, caps: Sequence[CapSetting], idempotency_key: str | None = None
    ) -> CapsSet:
        """Put these caps in force and no others."""
        return self._send(
            Call[CapsSet](
                method="PUT",
                path="/v1/billing/caps",
                result=CapsSet,
                query={},
                body={"caps": to_json(caps)},
                key=idempotency_key or new_id(),
            )
        )

    def alerts(self, *, cursor: str | None = None, limit: int | None = None) -> Iterator[Alert]:
        """The alerts that caps have raised, newest first."""
        return self._pages(
            Call[Page[Alert]](
                method="GET",
                path="/v1/billing/alerts",
                result=Page[Alert],
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def alerts_page(self, *, cursor: str | None = None, limit: int | None = None) -> Page[Alert]:
        """The alerts that caps have raised, newest first."""
        return self._send(
            Call[Page[Alert]](
                method="GET",
                path="/v1/billing/alerts",
                result=Page[Alert],
                query=sent(cursor=cursor, limit=limit),
            )
        )
