"""Operations on returns, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.orders import (
    LineToOrder,
    OrderPayment,
)
from tallystick.values.returns import (
    Exchanges,
    LineReceived,
    LineToReturn,
    ListedReturn,
    MadeExchange,
    Return,
    Returns,
)


class ReturnsOperations(Transport):
    """The operations on returns."""

    def request_return(
        self,
        order: str,
        *,
        lines: Sequence[LineToReturn] | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Return:
        """Ask for goods to come back: units that were sent and are in no other return."""
        return self._send(
            Call[Return](
                method="POST",
                path=path("/v1/orders/{order}/returns", order=order),
                result=Return,
                query={},
                body=sent_json(lines=lines, reason=reason),
                key=idempotency_key or new_id(),
            )
        )

    def list_returns_of_order(self, order: str, *, guest_secret: str | None = None) -> Returns:
        """The returns of an order, those requested first first."""
        return self._send(
            Call[Returns](
                method="GET",
                path=path("/v1/orders/{order}/returns", order=order),
                result=Returns,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    def receive_return(
        self,
        order: str,
        return_id: str,
        *,
        lines: Sequence[LineReceived] | None = None,
        idempotency_key: str | None = None,
    ) -> Return:
        """Say what has come of a return, each unit sellable or damaged, and where it is kept."""
        return self._send(
            Call[Return](
                method="POST",
                path=path(
                    "/v1/orders/{order}/returns/{return_id}/receive",
                    order=order,
                    return_id=return_id,
                ),
                result=Return,
                query={},
                body=sent_json(lines=lines),
                key=idempotency_key or new_id(),
            )
        )

    def refund_return(
        self, order: str, return_id: str, *, idempotency_key: str | None = None
    ) -> Return:
        """Ask for the money of what has come to go back: the exact shares of its units."""
        return self._send(
            Call[Return](
                method="POST",
                path=path(
                    "/v1/orders/{order}/returns/{return_id}/refund",
                    order=order,
                    return_id=return_id,
                ),
                result=Return,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def cancel_return(
        self, order: str, return_id: str, *, idempotency_key: str | None = None
    ) -> Return:
        """Give a return up of which nothing has come."""
        return self._send(
            Call[Return](
                method="POST",
                path=path(
                    "/v1/orders/{order}/returns/{return_id}/cancel",
                    order=order,
                    return_id=return_id,
                ),
                result=Return,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def exchange_return(
        self,
        order: str,
        return_id: str,
        *,
        lines: Sequence[LineToOrder],
        expected_payment: Decimal | int | None = None,
        gift_cards: Sequence[str] | None = None,
        store_credit: bool | Decimal | int | None = None,
        payment: OrderPayment | None = None,
        shipping: str | None = None,
        expected_value: Decimal | int | None = None,
        expected_total: Decimal | int | None = None,
        idempotency_key: str | None = None,
    ) -> MadeExchange:
        """Exchange what has come for a new order of the same buyer to the same place, at the
        prices of now.
        """
        return self._send(
            Call[MadeExchange](
                method="POST",
                path=path(
                    "/v1/orders/{order}/returns/{return_id}/exchange",
                    order=order,
                    return_id=return_id,
                ),
                result=MadeExchange,
                query={},
                body={
                    "lines": to_json(lines),
                    **sent_json(
                        expected_payment=expected_payment,
                        gift_cards=gift_cards,
                        store_credit=store_credit,
                        payment=payment,
                        shipping=shipping,
                        expected_value=expected_value,
                        expected_total=expected_total,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_exchanges_of_order(self, order: str, *, guest_secret: str | None = None) -> Exchanges:
        """The exchanges of an order, those that began first first."""
        return self._send(
            Call[Exchanges](
                method="GET",
                path=path("/v1/orders/{order}/exchanges", order=order),
                result=Exchanges,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    def list_returns(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Iterator[ListedReturn]:
        """An org's returns, of orders of one user or of all the caller may see, those requested
        last first.
        """
        return self._pages(
            Call[Page[ListedReturn]](
                method="GET",
                path="/v1/returns",
                result=Page[ListedReturn],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            ),
            cursor,
        )

    def list_returns_page(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedReturn]:
        """An org's returns, of orders of one user or of all the caller may see, those requested
        last first.
        """
        return self._send(
            Call[Page[ListedReturn]](
                method="GET",
                path="/v1/returns",
                result=Page[ListedReturn],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            )
        )
