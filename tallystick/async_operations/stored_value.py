"""Operations on stored value, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.stored_value import (
    Claim,
    ClaimChange,
    GiftCard,
    GiftCardFound,
    GiftCardStanding,
    IssuedGiftCard,
    StoreCredit,
    ValueAdjustment,
    ValueMovement,
)


class AsyncStoredValueOperations(AsyncTransport):
    """The operations on stored value."""

    async def issue_gift_card(
        self,
        *,
        amount: Decimal | int,
        currency: str,
        expires_at: datetime | None = None,
        user: str | None = None,
        order: str | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> IssuedGiftCard:
        """Make a gift card."""
        return await self._send(
            Call[IssuedGiftCard](
                method="POST",
                path="/v1/gift-cards",
                result=IssuedGiftCard,
                query={},
                body={
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    **sent_json(expires_at=expires_at, user=user, order=order, note=note),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_gift_cards(
        self,
        *,
        currency: str | None = None,
        user: str | None = None,
        order: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[GiftCard]:
        """The gift cards of an org by their ids, whether they can be used or not; of one currency,
        of whom has bought them, or of an order that they were sold by.
        """
        return self._pages(
            Call[Page[GiftCard]](
                method="GET",
                path="/v1/gift-cards",
                result=Page[GiftCard],
                query=sent(currency=currency, user=user, order=order, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_gift_cards_page(
        self,
        *,
        currency: str | None = None,
        user: str | None = None,
        order: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[GiftCard]:
        """The gift cards of an org by their ids, whether they can be used or not; of one currency,
        of whom has bought them, or of an order that they were sold by.
        """
        return await self._send(
            Call[Page[GiftCard]](
                method="GET",
                path="/v1/gift-cards",
                result=Page[GiftCard],
                query=sent(currency=currency, user=user, order=order, cursor=cursor, limit=limit),
            )
        )

    async def look_up_gift_card(self, *, code: str) -> GiftCardFound:
        """Find a gift card by its code: what can be used of it, or why it cannot."""
        return await self._send(
            Call[GiftCardFound](
                method="POST",
                path="/v1/gift-cards/lookup",
                result=GiftCardFound,
                query={},
                body={"code": to_json(code)},
            )
        )

    async def get_gift_card(self, gift_card: str) -> GiftCard:
        """A gift card as it is now."""
        return await self._send(
            Call[GiftCard](
                method="GET",
                path=path("/v1/gift-cards/{gift_card}", gift_card=gift_card),
                result=GiftCard,
                query={},
            )
        )

    def list_movements_of_gift_card(
        self,
        gift_card: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ValueMovement]:
        """What has changed a gift card, the newest first."""
        return self._pages(
            Call[Page[ValueMovement]](
                method="GET",
                path=path("/v1/gift-cards/{gift_card}/movements", gift_card=gift_card),
                result=Page[ValueMovement],
                query=sent(cursor=cursor, limit=limit, min_sequence=min_sequence),
            ),
            cursor,
        )

    async def list_movements_of_gift_card_page(
        self,
        gift_card: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ValueMovement]:
        """What has changed a gift card, the newest first."""
        return await self._send(
            Call[Page[ValueMovement]](
                method="GET",
                path=path("/v1/gift-cards/{gift_card}/movements", gift_card=gift_card),
                result=Page[ValueMovement],
                query=sent(cursor=cursor, limit=limit, min_sequence=min_sequence),
            )
        )

    async def adjust_gift_card(
        self,
        gift_card: str,
        *,
        amount: Decimal | int,
        currency: str,
        reason: str,
        idempotency_key: str | None = None,
    ) -> ValueAdjustment:
        """Have there be more on a gift card, or below zero less, but not less than orders have
        claimed.
        """
        return await self._send(
            Call[ValueAdjustment](
                method="POST",
                path=path("/v1/gift-cards/{gift_card}/adjust", gift_card=gift_card),
                result=ValueAdjustment,
                query={},
                body={
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    "reason": to_json(reason),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def disable_gift_card(
        self, gift_card: str, *, idempotency_key: str | None = None
    ) -> GiftCardStanding:
        """Have nothing more be claimed of a gift card."""
        return await self._send(
            Call[GiftCardStanding](
                method="POST",
                path=path("/v1/gift-cards/{gift_card}/disable", gift_card=gift_card),
                result=GiftCardStanding,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def enable_gift_card(
        self, gift_card: str, *, idempotency_key: str | None = None
    ) -> GiftCardStanding:
        """Have a gift card be used again."""
        return await self._send(
            Call[GiftCardStanding](
                method="POST",
                path=path("/v1/gift-cards/{gift_card}/enable", gift_card=gift_card),
                result=GiftCardStanding,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def claim_of_gift_card(
        self,
        gift_card: str,
        *,
        order: str,
        amount: Decimal | int,
        currency: str,
        expires_in: int | None = None,
        idempotency_key: str | None = None,
    ) -> Claim:
        """Set some of a gift card aside for an order, for 15 minutes unless said: nobody else can
        use it meanwhile.
        """
        return await self._send(
            Call[Claim](
                method="POST",
                path=path("/v1/gift-cards/{gift_card}/claims", gift_card=gift_card),
                result=Claim,
                query={},
                body={
                    "order": to_json(order),
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    **sent_json(expires_in=expires_in),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def settle_claim_of_gift_card(
        self, gift_card: str, order: str, *, idempotency_key: str | None = None
    ) -> ClaimChange:
        """Have what an order has claimed be spent, also where the card was disabled or has expired
        since.
        """
        return await self._send(
            Call[ClaimChange](
                method="POST",
                path=path(
                    "/v1/gift-cards/{gift_card}/claims/{order}/settle",
                    gift_card=gift_card,
                    order=order,
                ),
                result=ClaimChange,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def release_claim_of_gift_card(
        self, gift_card: str, order: str, *, idempotency_key: str | None = None
    ) -> ClaimChange:
        """Have what an order has claimed be available again."""
        return await self._send(
            Call[ClaimChange](
                method="POST",
                path=path(
                    "/v1/gift-cards/{gift_card}/claims/{order}/release",
                    gift_card=gift_card,
                    order=order,
                ),
                result=ClaimChange,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def give_back_to_gift_card(
        self,
        gift_card: str,
        order: str,
        *,
        amount: Decimal | int,
        currency: str,
        idempotency_key: str | None = None,
    ) -> ClaimChange:
        """Have come back some of what an order has spent, never more."""
        return await self._send(
            Call[ClaimChange](
                method="POST",
                path=path(
                    "/v1/gift-cards/{gift_card}/claims/{order}/give-back",
                    gift_card=gift_card,
                    order=order,
                ),
                result=ClaimChange,
                query={},
                body={"amount": to_json(amount), "currency": to_json(currency)},
                key=idempotency_key or new_id(),
            )
        )

    def list_store_credits(
        self,
        *,
        user: str | None = None,
        currency: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StoreCredit]:
        """The store credits of an org by currency and user; of one user, or in one currency."""
        return self._pages(
            Call[Page[StoreCredit]](
                method="GET",
                path="/v1/store-credits",
                result=Page[StoreCredit],
                query=sent(user=user, currency=currency, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_store_credits_page(
        self,
        *,
        user: str | None = None,
        currency: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[StoreCredit]:
        """The store credits of an org by currency and user; of one user, or in one currency."""
        return await self._send(
            Call[Page[StoreCredit]](
                method="GET",
                path="/v1/store-credits",
                result=Page[StoreCredit],
                query=sent(user=user, currency=currency, cursor=cursor, limit=limit),
            )
        )

    async def adjust_store_credit(
        self,
        *,
        user: str,
        amount: Decimal | int,
        currency: str,
        reason: str,
        order: str | None = None,
        idempotency_key: str | None = None,
    ) -> ValueAdjustment:
        """Credit a user in a currency, or below zero take some back, but not what orders have
        claimed.
        """
        return await self._send(
            Call[ValueAdjustment](
                method="POST",
                path="/v1/store-credits/adjust",
                result=ValueAdjustment,
                query={},
                body={
                    "user": to_json(user),
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    "reason": to_json(reason),
                    **sent_json(order=order),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_movements_of_store_credit(
        self,
        *,
        currency: str,
        user: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ValueMovement]:
        """What has changed a user's store credit in a currency, the newest first; without `user`
        the caller's own.
        """
        return self._pages(
            Call[Page[ValueMovement]](
                method="GET",
                path="/v1/store-credits/movements",
                result=Page[ValueMovement],
                query=sent(
                    currency=currency,
                    user=user,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    async def list_movements_of_store_credit_page(
        self,
        *,
        currency: str,
        user: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ValueMovement]:
        """What has changed a user's store credit in a currency, the newest first; without `user`
        the caller's own.
        """
        return await self._send(
            Call[Page[ValueMovement]](
                method="GET",
                path="/v1/store-credits/movements",
                result=Page[ValueMovement],
                query=sent(
                    currency=currency,
                    user=user,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )

    async def claim_of_store_credit(
        self,
        *,
        order: str,
        amount: Decimal | int,
        currency: str,
        user: str,
        expires_in: int | None = None,
        idempotency_key: str | None = None,
    ) -> Claim:
        """Set some of a user's store credit aside for an order, for 15 minutes unless said."""
        return await self._send(
            Call[Claim](
                method="POST",
                path="/v1/store-credits/claims",
                result=Claim,
                query={},
                body={
                    "order": to_json(order),
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    "user": to_json(user),
                    **sent_json(expires_in=expires_in),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def settle_claim_of_store_credit(
        self, order: str, *, user: str, currency: str, idempotency_key: str | None = None
    ) -> ClaimChange:
        """Have what an order has claimed be spent."""
        return await self._send(
            Call[ClaimChange](
                method="POST",
                path=path("/v1/store-credits/claims/{order}/settle", order=order),
                result=ClaimChange,
                query={},
                body={"user": to_json(user), "currency": to_json(currency)},
                key=idempotency_key or new_id(),
            )
        )

    async def release_claim_of_store_credit(
        self, order: str, *, user: str, currency: str, idempotency_key: str | None = None
    ) -> ClaimChange:
        """Have what an order has claimed be available again."""
        return await self._send(
            Call[ClaimChange](
                method="POST",
                path=path("/v1/store-credits/claims/{order}/release", order=order),
                result=ClaimChange,
                query={},
                body={"user": to_json(user), "currency": to_json(currency)},
                key=idempotency_key or new_id(),
            )
        )

    async def give_back_to_store_credit(
        self,
        order: str,
        *,
        amount: Decimal | int,
        currency: str,
        user: str,
        idempotency_key: str | None = None,
    ) -> ClaimChange:
        """Have come back some of what an order has spent, never more."""
        return await self._send(
            Call[ClaimChange](
                method="POST",
                path=path("/v1/store-credits/claims/{order}/give-back", order=order),
                result=ClaimChange,
                query={},
                body={
                    "amount": to_json(amount),
                    "currency": to_json(currency),
                    "user": to_json(user),
                },
                key=idempotency_key or new_id(),
            )
        )
