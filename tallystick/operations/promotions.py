"""Operations on promotions, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.promotions import Promotion, Promotions, Redemption, Standing


class PromotionsOperations(Transport):
    """The operations on promotions."""

    def list_promotions(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Iterator[Promotion]:
        """The promotions of the org by their ids, whether they run or not; a hundred a page at
        most.
        """
        return self._pages(
            Call[Promotions](
                method="GET",
                path="/v1/promotions",
                result=Promotions,
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def list_promotions_page(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Promotions:
        """The promotions of the org by their ids, whether they run or not; a hundred a page at
        most.
        """
        return self._send(
            Call[Promotions](
                method="GET",
                path="/v1/promotions",
                result=Promotions,
                query=sent(cursor=cursor, limit=limit),
            )
        )

    def get_promotion(self, promotion: str) -> Promotion:
        """A promotion, with how often and for how much it is redeemed."""
        return self._send(
            Call[Promotion](
                method="GET",
                path=path("/v1/promotions/{promotion}", promotion=promotion),
                result=Promotion,
                query={},
            )
        )

    def publish_promotion(
        self,
        promotion: str,
        *,
        name: str,
        kind: Literal["percent", "amount", "free_shipping", "buy_get"],
        scope: Literal["order", "lines"] | None = None,
        code: str | None = None,
        bps: int | None = None,
        amount: Decimal | int | None = None,
        currency: str | None = None,
        buy: int | None = None,
        get: int | None = None,
        got_skus: Sequence[str] | None = None,
        priority: int | None = None,
        subtotal: Decimal | int | None = None,
        skus: Sequence[str] | None = None,
        item_types: Sequence[str] | None = None,
        group: str | None = None,
        first_order: bool | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        budget: Decimal | int | None = None,
        redemptions_max: int | None = None,
        per_customer_max: int | None = None,
        idempotency_key: str | None = None,
    ) -> Promotion:
        """Publish a promotion from now on, in place of the one of that id; how often it was
        redeemed is counted on.
        """
        return self._send(
            Call[Promotion](
                method="PUT",
                path=path("/v1/promotions/{promotion}", promotion=promotion),
                result=Promotion,
                query={},
                body={
                    "name": to_json(name),
                    "kind": to_json(kind),
                    **sent_json(
                        scope=scope,
                        code=code,
                        bps=bps,
                        amount=amount,
                        currency=currency,
                        buy=buy,
                        get=get,
                        got_skus=got_skus,
                        priority=priority,
                        subtotal=subtotal,
                        skus=skus,
                        item_types=item_types,
                        group=group,
                        first_order=first_order,
                        starts_at=starts_at,
                        ends_at=ends_at,
                        budget=budget,
                        redemptions_max=redemptions_max,
                        per_customer_max=per_customer_max,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def pause_promotion(self, promotion: str, *, idempotency_key: str | None = None) -> Standing:
        """Have a promotion not be had until it is resumed."""
        return self._send(
            Call[Standing](
                method="POST",
                path=path("/v1/promotions/{promotion}/pause", promotion=promotion),
                result=Standing,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def resume_promotion(self, promotion: str, *, idempotency_key: str | None = None) -> Standing:
        """Have a promotion be had again."""
        return self._send(
            Call[Standing](
                method="POST",
                path=path("/v1/promotions/{promotion}/resume", promotion=promotion),
                result=Standing,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def end_promotion(self, promotion: str, *, idempotency_key: str | None = None) -> Standing:
        """Have a promotion not be had any more, for ever."""
        return self._send(
            Call[Standing](
                method="POST",
                path=path("/v1/promotions/{promotion}/end", promotion=promotion),
                result=Standing,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def redeem_promotion(
        self,
        promotion: str,
        *,
        order: str,
        amount: Decimal | int,
        currency: str,
        user: str | None = None,
        idempotency_key: str | None = None,
    ) -> Redemption:
        """Have an order have a promotion, once, within its limits and its budget: of any number
        that ask at once no more have it than may.
        """
        return self._send(
            Call[Redemption](
                method="POST",
                path=path("/v1/promotions/{promotion}/redemptions", promotion=promotion),
                result=Redemption,
                query={},
                body={
                    "order": to_json(order),
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    **sent_json(user=user),
                },
                key=idempotency_key or new_id(),
            )
        )

    def release_redemption(
        self, promotion: str, order: str, *, idempotency_key: str | None = None
    ) -> Redemption:
        """Have an order have a promotion no more: another may, and the order itself once more."""
        return self._send(
            Call[Redemption](
                method="DELETE",
                path=path(
                    "/v1/promotions/{promotion}/redemptions/{order}",
                    promotion=promotion,
                    order=order,
                ),
                result=Redemption,
                query={},
                key=idempotency_key or new_id(),
            )
        )
