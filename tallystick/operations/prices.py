"""Operations on prices, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.prices import (
    BasePriceSetting,
    Modifier,
    Modifiers,
    Prices,
    PricesList,
    PricingPolicy,
    RemovedModifier,
    RemovedShippingMethod,
    ShippingMethod,
    ShippingMethods,
)


class PricesOperations(Transport):
    """The operations on prices."""

    def list_prices(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Iterator[Prices]:
        """The SKUs and catalogue items that have prices, with those; a hundred a page at most."""
        return self._pages(
            Call[PricesList](
                method="GET",
                path="/v1/prices",
                result=PricesList,
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    def list_prices_page(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> PricesList:
        """The SKUs and catalogue items that have prices, with those; a hundred a page at most."""
        return self._send(
            Call[PricesList](
                method="GET",
                path="/v1/prices",
                result=PricesList,
                query=sent(cursor=cursor, limit=limit),
            )
        )

    def get_prices(self, sku: str) -> Prices:
        """The prices of a SKU, as they were published last."""
        return self._send(
            Call[Prices](
                method="GET", path=path("/v1/prices/skus/{sku}", sku=sku), result=Prices, query={}
            )
        )

    def publish_prices(
        self, sku: str, *, prices: Sequence[BasePriceSetting], idempotency_key: str | None = None
    ) -> Prices:
        """Publish the prices of a SKU from now on: these and no others."""
        return self._send(
            Call[Prices](
                method="PUT",
                path=path("/v1/prices/skus/{sku}", sku=sku),
                result=Prices,
                query={},
                body={"prices": to_json(prices)},
                key=idempotency_key or new_id(),
            )
        )

    def get_item_prices(self, item: str) -> Prices:
        """The prices of a catalogue item, as they were published last."""
        return self._send(
            Call[Prices](
                method="GET",
                path=path("/v1/prices/items/{item}", item=item),
                result=Prices,
                query={},
            )
        )

    def publish_item_prices(
        self, item: str, *, prices: Sequence[BasePriceSetting], idempotency_key: str | None = None
    ) -> Prices:
        """Publish the prices of a catalogue item, for those of its variants whose SKU has none
        that fits.
        """
        return self._send(
            Call[Prices](
                method="PUT",
                path=path("/v1/prices/items/{item}", item=item),
                result=Prices,
                query={},
                body={"prices": to_json(prices)},
                key=idempotency_key or new_id(),
            )
        )

    def list_modifiers(self) -> Modifiers:
        """All modifiers of the org, in the order in which they change prices."""
        return self._send(
            Call[Modifiers](method="GET", path="/v1/prices/modifiers", result=Modifiers, query={})
        )

    def set_modifier(
        self,
        modifier: str,
        *,
        name: str,
        kind: Literal["percent", "amount", "markup", "override"],
        bps: int | None = None,
        amount: Decimal | int | None = None,
        currency: str | None = None,
        priority: int | None = None,
        skus: Sequence[str] | None = None,
        item_types: Sequence[str] | None = None,
        group: str | None = None,
        from_units: int | None = None,
        until_units: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Modifier:
        """Have a modifier change prices from now on, in place of the one of that id."""
        return self._send(
            Call[Modifier](
                method="PUT",
                path=path("/v1/prices/modifiers/{modifier}", modifier=modifier),
                result=Modifier,
                query={},
                body={
                    "name": to_json(name),
                    "kind": to_json(kind),
                    **sent_json(
                        bps=bps,
                        amount=amount,
                        currency=currency,
                        priority=priority,
                        skus=skus,
                        item_types=item_types,
                        group=group,
                        from_units=from_units,
                        until_units=until_units,
                        starts_at=starts_at,
                        ends_at=ends_at,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def remove_modifier(
        self, modifier: str, *, idempotency_key: str | None = None
    ) -> RemovedModifier:
        """Have a modifier change no price any more."""
        return self._send(
            Call[RemovedModifier](
                method="DELETE",
                path=path("/v1/prices/modifiers/{modifier}", modifier=modifier),
                result=RemovedModifier,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def list_shipping_methods(self) -> ShippingMethods:
        """All shipping methods of the org, in the order in which they are offered."""
        return self._send(
            Call[ShippingMethods](
                method="GET", path="/v1/prices/shipping", result=ShippingMethods, query={}
            )
        )

    def set_shipping_method(
        self,
        method: str,
        *,
        name: str,
        currency: str,
        amount: Decimal | int,
        unit_amount: Decimal | int | None = None,
        free_from: Decimal | int | None = None,
        countries: Sequence[str] | None = None,
        from_subtotal: Decimal | int | None = None,
        from_weight: int | None = None,
        until_weight: int | None = None,
        tax_category: str | None = None,
        priority: int | None = None,
        idempotency_key: str | None = None,
    ) -> ShippingMethod:
        """Have orders be sent so from now on, in place of the method of that id."""
        return self._send(
            Call[ShippingMethod](
                method="PUT",
                path=path("/v1/prices/shipping/{method}", method=method),
                result=ShippingMethod,
                query={},
                body={
                    "name": to_json(name),
                    "currency": to_json(currency),
                    "amount": to_json(amount),
                    **sent_json(
                        unit_amount=unit_amount,
                        free_from=free_from,
                        countries=countries,
                        from_subtotal=from_subtotal,
                        from_weight=from_weight,
                        until_weight=until_weight,
                        tax_category=tax_category,
                        priority=priority,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def remove_shipping_method(
        self, method: str, *, idempotency_key: str | None = None
    ) -> RemovedShippingMethod:
        """Have no order be sent so any more."""
        return self._send(
            Call[RemovedShippingMethod](
                method="DELETE",
                path=path("/v1/prices/shipping/{method}", method=method),
                result=RemovedShippingMethod,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    def get_pricing_policy(self) -> PricingPolicy:
        """What the org has decided of pricing, or what holds where it has not."""
        return self._send(
            Call[PricingPolicy](
                method="GET", path="/v1/prices/policy", result=PricingPolicy, query={}
            )
        )

    def set_pricing_policy(
        self,
        *,
        stacking: Literal["sequential", "additive", "best_only"],
        idempotency_key: str | None = None,
    ) -> PricingPolicy:
        """Decide how what is taken off an order stacks, in what is quoted from now on:
        `sequential` takes each of what remains, `additive` each of what there was before any,
        `best_only` only the one that takes most.
        """
        return self._send(
            Call[PricingPolicy](
                method="PUT",
                path="/v1/prices/policy",
                result=PricingPolicy,
                query={},
                body={"stacking": to_json(stacking)},
                key=idempotency_key or new_id(),
            )
        )
