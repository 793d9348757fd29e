"""Operations on orders, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.json_values import sent_json, to_json
from tallystick.transport import AsyncTransport, Call
from tallystick.values.orders import (
    Destination,
    LineToOrder,
    OrderQuote,
)


class AsyncOrdersOperations(AsyncTransport):
    """The operations on orders."""

    async def quote_order(
        self,
        *,
        lines: Sequence[LineToOrder],
        currency: str,
        group: str | None = None,
        price_list: str | None = None,
        codes: Sequence[str] | None = None,
        user: str | None = None,
        first_order: bool | None = None,
        ship_to: Destination | None = None,
        shipping: str | None = None,
    ) -> OrderQuote:
        """Price an order as it would be placed now: every line with all that makes its amount, and
        what they come to together; which promotions apply, and why a code does not.
        """
        return await self._send(
            Call[OrderQuote](
                method="POST",
                path="/v1/orders/quote",
                result=OrderQuote,
                query={},
                body={
                    "lines": to_json(lines),
                    "currency": to_json(currency),
                    **sent_json(
                        group=group,
                        price_list=price_list,
                        codes=codes,
                        user=user,
                        first_order=first_order,
                        ship_to=ship_to,
                        shipping=shipping,
                    ),
                },
            )
        )
