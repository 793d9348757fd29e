"""Operations on carts, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.carts import Cart, OpenedCart, RemovedCart


class AsyncCartsOperations(AsyncTransport):
    """The operations on carts."""

    async def open_cart(
        self,
        *,
        currency: str,
        user: str | None = None,
        group: str | None = None,
        price_list: str | None = None,
    ) -> OpenedCart:
        """Open a cart."""
        return await self._send(
            Call[OpenedCart](
                method="POST",
                path="/v1/carts",
                result=OpenedCart,
                query={},
                body={
                    "currency": to_json(currency),
                    **sent_json(user=user, group=group, price_list=price_list),
                },
            )
        )

    async def active_cart(self, *, currency: str, user: str | None = None) -> Cart:
        """The cart that a user has in a currency, with what it costs now."""
        return await self._send(
            Call[Cart](
                method="GET",
                path="/v1/carts/active",
                result=Cart,
                query=sent(currency=currency, user=user),
            )
        )

    async def get_cart(self, cart: str, *, guest_secret: str | None = None) -> Cart:
        """A cart, with what it costs now: as `POST /v1/orders/quote` says it, but for the lines
        that cannot be sold now.
        """
        return await self._send(
            Call[Cart](
                method="GET",
                path=path("/v1/carts/{cart}", cart=cart),
                result=Cart,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def remove_cart(
        self, cart: str, *, version: int | None = None, guest_secret: str | None = None
    ) -> RemovedCart:
        """Remove a cart with all that is in it."""
        return await self._send(
            Call[RemovedCart](
                method="DELETE",
                path=path("/v1/carts/{cart}", cart=cart),
                result=RemovedCart,
                query=sent(version=version),
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def add_to_cart(
        self,
        cart: str,
        *,
        sku: str,
        version: int | None = None,
        guest_secret: str | None = None,
        units: int | None = None,
        slot: str | None = None,
        idempotency_key: str | None = None,
    ) -> Cart:
        """Add units of a SKU that can be sold now, or of a slot that can be had."""
        return await self._send(
            Call[Cart](
                method="POST",
                path=path("/v1/carts/{cart}/items", cart=cart),
                result=Cart,
                query=sent(version=version),
                body={"sku": to_json(sku), **sent_json(units=units, slot=slot)},
                headers=sent(**{"Guest-Secret": guest_secret}),
                key=idempotency_key or new_id(),
            )
        )

    async def set_cart_units(
        self,
        cart: str,
        sku: str,
        *,
        units: int,
        version: int | None = None,
        guest_secret: str | None = None,
        slot: str | None = None,
    ) -> Cart:
        """Have a cart hold so many units of a SKU, or of one slot of it, which can be sold now;
        zero takes it out.
        """
        return await self._send(
            Call[Cart](
                method="PUT",
                path=path("/v1/carts/{cart}/items/{sku}", cart=cart, sku=sku),
                result=Cart,
                query=sent(version=version),
                body={"units": to_json(units), **sent_json(slot=slot)},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def set_cart_codes(
        self,
        cart: str,
        *,
        codes: Sequence[str],
        version: int | None = None,
        guest_secret: str | None = None,
    ) -> Cart:
        """Have a cart be ordered with these codes of promotions."""
        return await self._send(
            Call[Cart](
                method="PUT",
                path=path("/v1/carts/{cart}/codes", cart=cart),
                result=Cart,
                query=sent(version=version),
                body={"codes": to_json(codes)},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    async def merge_cart(
        self, cart: str, *, guest_secret: str | None = None, user: str | None = None
    ) -> Cart:
        """Put what a guest has chosen into the cart of the user that they turn out to be: units
        add up, codes are united, and the guest's cart is gone.
        """
        return await self._send(
            Call[Cart](
                method="POST",
                path=path("/v1/carts/{cart}/merge", cart=cart),
                result=Cart,
                query={},
                body=sent_json(user=user),
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )
