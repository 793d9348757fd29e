"""Operations on refunds, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.refunds import ListedRefund, Refund


class RefundsOperations(Transport):
    """The operations on refunds."""

    def request_refund(
        self,
        *,
        purchase: str,
        amount: Decimal | int | None = None,
        reason: str | None = None,
        override: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Refund:
        """Ask for money to go back."""
        return self._send(
            Call[Refund](
                method="POST",
                path="/v1/billing/refunds",
                result=Refund,
                query={},
                body={
                    "purchase": to_json(purchase),
                    **sent_json(amount=amount, reason=reason, override=override),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_refunds(
        self,
        *,
        user: str | None = None,
        purchase: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Iterator[ListedRefund]:
        """An org's refunds, of one user, of one purchase, or of all the caller may see, those
        asked for last first.
        """
        return self._pages(
            Call[Page[ListedRefund]](
                method="GET",
                path="/v1/billing/refunds",
                result=Page[ListedRefund],
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

    def list_refunds_page(
        self,
        *,
        user: str | None = None,
        purchase: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedRefund]:
        """An org's refunds, of one user, of one purchase, or of all the caller may see, those
        asked for last first.
        """
        return self._send(
            Call[Page[ListedRefund]](
                method="GET",
                path="/v1/billing/refunds",
                result=Page[ListedRefund],
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

    def look_at_refund(self, refund: str) -> ListedRefund:
        """One refund as it is now."""
        return self._send(
            Call[ListedRefund](
                method="GET",
                path=path("/v1/billing/refunds/{refund}", refund=refund),
                result=ListedRefund,
                query={},
            )
        )
