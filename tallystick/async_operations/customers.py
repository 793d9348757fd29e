"""Operations on customers, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.customers import (
    Customer,
    Profile,
    RemovedAddress,
    Reorder,
    SavedAddress,
    SavedAddresses,
    WholeCustomer,
)
from tallystick.values.orders import (
    ListedOrder,
)


class AsyncCustomersOperations(AsyncTransport):
    """The operations on customers."""

    def list_customers(
        self,
        *,
        user: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[Customer]:
        """An org's customers by their ids: users who have a profile, an address or a confirmed
        order.
        """
        return self._pages(
            Call[Page[Customer]](
                method="GET",
                path="/v1/customers",
                result=Page[Customer],
                query=sent(user=user, cursor=cursor, limit=limit, min_sequence=min_sequence),
            ),
            cursor,
        )

    async def list_customers_page(
        self,
        *,
        user: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[Customer]:
        """An org's customers by their ids: users who have a profile, an address or a confirmed
        order.
        """
        return await self._send(
            Call[Page[Customer]](
                method="GET",
                path="/v1/customers",
                result=Page[Customer],
                query=sent(user=user, cursor=cursor, limit=limit, min_sequence=min_sequence),
            )
        )

    async def look_at_customer(self, user: str) -> WholeCustomer:
        """A customer, with its addresses and what it has bought."""
        return await self._send(
            Call[WholeCustomer](
                method="GET",
                path=path("/v1/customers/{user}", user=user),
                result=WholeCustomer,
                query={},
            )
        )

    async def own_profile(self) -> Profile:
        """Who you are, as you have said it."""
        return await self._send(
            Call[Profile](method="GET", path="/v1/me/profile", result=Profile, query={})
        )

    async def set_own_profile(
        self,
        *,
        name: str,
        email: str | None = None,
        phone: str | None = None,
        idempotency_key: str | None = None,
    ) -> Profile:
        """Say who you are, in place of what you said before."""
        return await self._send(
            Call[Profile](
                method="PUT",
                path="/v1/me/profile",
                result=Profile,
                query={},
                body={"name": to_json(name), **sent_json(email=email, phone=phone)},
                key=idempotency_key or new_id(),
            )
        )

    async def own_addresses(self) -> SavedAddresses:
        """The addresses that you have saved."""
        return await self._send(
            Call[SavedAddresses](
                method="GET", path="/v1/me/addresses", result=SavedAddresses, query={}
            )
        )

    async def save_address(
        self,
        *,
        name: str,
        country: str,
        address: Sequence[str] | None = None,
        postal_code: str | None = None,
        city: str | None = None,
        region: str | None = None,
        phone: str | None = None,
        default: bool | None = None,
        idempotency_key: str | None = None,
    ) -> SavedAddress:
        """Save an address."""
        return await self._send(
            Call[SavedAddress](
                method="POST",
                path="/v1/me/addresses",
                result=SavedAddress,
                query={},
                body={
                    "name": to_json(name),
                    "country": to_json(country),
                    **sent_json(
                        address=address,
                        postal_code=postal_code,
                        city=city,
                        region=region,
                        phone=phone,
                        default=default,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def own_address(self, address_id: str) -> SavedAddress:
        """One of the addresses that you have saved."""
        return await self._send(
            Call[SavedAddress](
                method="GET",
                path=path("/v1/me/addresses/{address_id}", address_id=address_id),
                result=SavedAddress,
                query={},
            )
        )

    async def change_address(
        self,
        address_id: str,
        *,
        name: str,
        country: str,
        address: Sequence[str] | None = None,
        postal_code: str | None = None,
        city: str | None = None,
        region: str | None = None,
        phone: str | None = None,
        default: bool | None = None,
        idempotency_key: str | None = None,
    ) -> SavedAddress:
        """Have an address say something else, or be the default from now on."""
        return await self._send(
            Call[SavedAddress](
                method="PUT",
                path=path("/v1/me/addresses/{address_id}", address_id=address_id),
                result=SavedAddress,
                query={},
                body={
                    "name": to_json(name),
                    "country": to_json(country),
                    **sent_json(
                        address=address,
                        postal_code=postal_code,
                        city=city,
                        region=region,
                        phone=phone,
                        default=default,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def remove_address(
        self, address_id: str, *, idempotency_key: str | None = None
    ) -> RemovedAddress:
        """Remove an address."""
        return await self._send(
            Call[RemovedAddress](
                method="DELETE",
                path=path("/v1/me/addresses/{address_id}", address_id=address_id),
                result=RemovedAddress,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def own_orders(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ListedOrder]:
        """Your orders, those placed last first."""
        return self._pages(
            Call[Page[ListedOrder]](
                method="GET",
                path="/v1/me/orders",
                result=Page[ListedOrder],
                query=sent(cursor=cursor, limit=limit, min_sequence=min_sequence),
            ),
            cursor,
        )

    async def own_orders_page(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedOrder]:
        """Your orders, those placed last first."""
        return await self._send(
            Call[Page[ListedOrder]](
                method="GET",
                path="/v1/me/orders",
                result=Page[ListedOrder],
                query=sent(cursor=cursor, limit=limit, min_sequence=min_sequence),
            )
        )

    async def reorder(self, order: str, *, idempotency_key: str | None = None) -> Reorder:
        """Put into your cart what you have ordered before, as far as it can be sold now, at the
        prices of now; the cart is opened where there is none.
        """
        return await self._send(
            Call[Reorder](
                method="POST",
                path=path("/v1/me/orders/{order}/reorder", order=order),
                result=Reorder,
                query={},
                key=idempotency_key or new_id(),
            )
        )
