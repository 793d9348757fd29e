"""Operations on catalogue, awaited.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import AsyncTransport, Call, path, sent
from tallystick.values.catalogue import (
    ArchivedCategory,
    Benefit,
    CatalogueItem,
    CatalogueItems,
    Categories,
    Category,
    ChangedItem,
    CreatedItem,
    DefinedVariants,
    DescribedItem,
    File,
    ItemType,
    ItemTypes,
    ListedItem,
    Search,
    Sku,
    Variants,
    VariantSetting,
)


class AsyncCatalogueOperations(AsyncTransport):
    """The operations on catalogue."""

    def list_item_types(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> AsyncIterator[ItemType]:
        """The item types of an org, by their names."""
        return self._pages(
            Call[ItemTypes](
                method="GET",
                path="/v1/catalogue/item-types",
                result=ItemTypes,
                query=sent(cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_item_types_page(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ItemTypes:
        """The item types of an org, by their names."""
        return await self._send(
            Call[ItemTypes](
                method="GET",
                path="/v1/catalogue/item-types",
                result=ItemTypes,
                query=sent(cursor=cursor, limit=limit),
            )
        )

    async def look_at_item_type(self, item_type: str) -> ItemType:
        """One item type, as it is now."""
        return await self._send(
            Call[ItemType](
                method="GET",
                path=path("/v1/catalogue/item-types/{item_type}", item_type=item_type),
                result=ItemType,
                query={},
            )
        )

    async def publish_item_type(
        self,
        item_type: str,
        *,
        kind: Literal[
            "physical",
            "digital_download",
            "digital_access",
            "appointment",
            "internal_transfer",
            "credits",
            "plan",
        ],
        field_schema: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> ItemType:
        """Begin an item type, or check the custom fields of its items by another schema from now
        on.
        """
        return await self._send(
            Call[ItemType](
                method="PUT",
                path=path("/v1/catalogue/item-types/{item_type}", item_type=item_type),
                result=ItemType,
                query={},
                body={"kind": to_json(kind), **sent_json(field_schema=field_schema)},
                key=idempotency_key or new_id(),
            )
        )

    def list_categories(
        self, *, parent: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> AsyncIterator[Category]:
        """The categories of an org, or those directly in one, by their slugs."""
        return self._pages(
            Call[Categories](
                method="GET",
                path="/v1/catalogue/categories",
                result=Categories,
                query=sent(parent=parent, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_categories_page(
        self, *, parent: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Categories:
        """The categories of an org, or those directly in one, by their slugs."""
        return await self._send(
            Call[Categories](
                method="GET",
                path="/v1/catalogue/categories",
                result=Categories,
                query=sent(parent=parent, cursor=cursor, limit=limit),
            )
        )

    async def look_at_category(self, category: str) -> Category:
        """One category."""
        return await self._send(
            Call[Category](
                method="GET",
                path=path("/v1/catalogue/categories/{category}", category=category),
                result=Category,
                query={},
            )
        )

    async def describe_category(
        self,
        category: str,
        *,
        texts: Mapping[str, Mapping[str, Any]],
        parent: str | None = None,
        idempotency_key: str | None = None,
    ) -> Category:
        """Begin a category, or call it otherwise; move it with all below it."""
        return await self._send(
            Call[Category](
                method="PUT",
                path=path("/v1/catalogue/categories/{category}", category=category),
                result=Category,
                query={},
                body={"texts": to_json(texts), **sent_json(parent=parent)},
                key=idempotency_key or new_id(),
            )
        )

    async def archive_category(
        self, category: str, *, idempotency_key: str | None = None
    ) -> ArchivedCategory:
        """Have nothing put in a category any more; what is in it stays there."""
        return await self._send(
            Call[ArchivedCategory](
                method="POST",
                path=path("/v1/catalogue/categories/{category}/archive", category=category),
                result=ArchivedCategory,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def create_item(
        self,
        *,
        texts: Mapping[str, Mapping[str, Any]],
        type: str,
        slug: str,
        fields: Mapping[str, Any] | None = None,
        tax_category: str | None = None,
        categories: Sequence[str] | None = None,
        media: Sequence[Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedItem:
        """Begin an item: a draft, without variants, that nobody sees."""
        return await self._send(
            Call[CreatedItem](
                method="POST",
                path="/v1/catalogue/items",
                result=CreatedItem,
                query={},
                body={
                    "texts": to_json(texts),
                    "type": to_json(type),
                    "slug": to_json(slug),
                    **sent_json(
                        fields=fields, tax_category=tax_category, categories=categories, media=media
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_items(
        self,
        *,
        type: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[ListedItem]:
        """The items of an org by their ids, of a type or in a state."""
        return self._pages(
            Call[CatalogueItems](
                method="GET",
                path="/v1/catalogue/items",
                result=CatalogueItems,
                query=sent(type=type, state=state, cursor=cursor, limit=limit),
            ),
            cursor,
        )

    async def list_items_page(
        self,
        *,
        type: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> CatalogueItems:
        """The items of an org by their ids, of a type or in a state."""
        return await self._send(
            Call[CatalogueItems](
                method="GET",
                path="/v1/catalogue/items",
                result=CatalogueItems,
                query=sent(type=type, state=state, cursor=cursor, limit=limit),
            )
        )

    async def look_at_item(self, item: str) -> CatalogueItem:
        """One item."""
        return await self._send(
            Call[CatalogueItem](
                method="GET",
                path=path("/v1/catalogue/items/{item}", item=item),
                result=CatalogueItem,
                query={},
            )
        )

    async def describe_item(
        self,
        item: str,
        *,
        texts: Mapping[str, Mapping[str, Any]],
        fields: Mapping[str, Any] | None = None,
        tax_category: str | None = None,
        categories: Sequence[str] | None = None,
        media: Sequence[Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
    ) -> DescribedItem:
        """Have an item say this of itself, in place of all that it said; its custom fields are
        checked by its type as that is now.
        """
        return await self._send(
            Call[DescribedItem](
                method="PUT",
                path=path("/v1/catalogue/items/{item}", item=item),
                result=DescribedItem,
                query={},
                body={
                    "texts": to_json(texts),
                    **sent_json(
                        fields=fields, tax_category=tax_category, categories=categories, media=media
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    async def list_variants(self, item: str) -> Variants:
        """The options of an item, and every SKU that it ever had."""
        return await self._send(
            Call[Variants](
                method="GET",
                path=path("/v1/catalogue/items/{item}/variants", item=item),
                result=Variants,
                query={},
            )
        )

    async def define_variants(
        self,
        item: str,
        *,
        variants: Sequence[VariantSetting],
        options: Sequence[Mapping[str, Any]] | None = None,
        idempotency_key: str | None = None,
    ) -> DefinedVariants:
        """Have an item in these variants and in no others."""
        return await self._send(
            Call[DefinedVariants](
                method="PUT",
                path=path("/v1/catalogue/items/{item}/variants", item=item),
                result=DefinedVariants,
                query={},
                body={"variants": to_json(variants), **sent_json(options=options)},
                key=idempotency_key or new_id(),
            )
        )

    async def publish_item(self, item: str, *, idempotency_key: str | None = None) -> ChangedItem:
        """Have an item seen and sold; also one that was archived."""
        return await self._send(
            Call[ChangedItem](
                method="POST",
                path=path("/v1/catalogue/items/{item}/publish", item=item),
                result=ChangedItem,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def archive_item(self, item: str, *, idempotency_key: str | None = None) -> ChangedItem:
        """Have an item neither seen nor sold."""
        return await self._send(
            Call[ChangedItem](
                method="POST",
                path=path("/v1/catalogue/items/{item}/archive", item=item),
                result=ChangedItem,
                query={},
                key=idempotency_key or new_id(),
            )
        )

    async def item_by_slug(self, slug: str) -> CatalogueItem:
        """The item that a slug is of."""
        return await self._send(
            Call[CatalogueItem](
                method="GET",
                path=path("/v1/catalogue/slugs/{slug}", slug=slug),
                result=CatalogueItem,
                query={},
            )
        )

    async def look_at_sku(self, sku: str) -> Sku:
        """What a SKU means, also when it is sold no more."""
        return await self._send(
            Call[Sku](
                method="GET", path=path("/v1/catalogue/skus/{sku}", sku=sku), result=Sku, query={}
            )
        )

    async def keep_file(self, sha256: str) -> File:
        """Keep a file that is sold, for ever, under its SHA-256: its bytes are the body, whatever
        they are, at most 32 MiB.
        """
        return await self._send(
            Call[File](
                method="PUT",
                path=path("/v1/catalogue/files/{sha256}", sha256=sha256),
                result=File,
                query={},
            )
        )

    async def define_benefit(
        self,
        sku: str,
        *,
        file: str | None = None,
        name: str | None = None,
        downloads: int | None = None,
        course: str | None = None,
        days: int | None = None,
        calendar: str | None = None,
        idempotency_key: str | None = None,
    ) -> Benefit:
        """Say what a unit of a SKU gives from now on: a `file` with its `name`, so many
        `downloads` of it, access to a `course`; for so many `days`, or for ever.
        """
        return await self._send(
            Call[Benefit](
                method="PUT",
                path=path("/v1/catalogue/skus/{sku}/benefit", sku=sku),
                result=Benefit,
                query={},
                body=sent_json(
                    file=file,
                    name=name,
                    downloads=downloads,
                    course=course,
                    days=days,
                    calendar=calendar,
                ),
                key=idempotency_key or new_id(),
            )
        )

    async def look_at_benefit(self, sku: str) -> Benefit:
        """What a unit of a SKU gives now."""
        return await self._send(
            Call[Benefit](
                method="GET",
                path=path("/v1/catalogue/skus/{sku}/benefit", sku=sku),
                result=Benefit,
                query={},
            )
        )

    def search_catalogue(
        self,
        *,
        q: str | None = None,
        locale: str | None = None,
        type: str | None = None,
        category: str | None = None,
        option: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> AsyncIterator[ListedItem]:
        """The published items with all words of `q`, of a type, in a category or below it, with
        option values as `colour=red,size=m`; the best first.
        """
        return self._pages(
            Call[Search](
                method="GET",
                path="/v1/catalogue/search",
                result=Search,
                query=sent(
                    q=q,
                    locale=locale,
                    type=type,
                    category=category,
                    option=option,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    async def search_catalogue_page(
        self,
        *,
        q: str | None = None,
        locale: str | None = None,
        type: str | None = None,
        category: str | None = None,
        option: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Search:
        """The published items with all words of `q`, of a type, in a category or below it, with
        option values as `colour=red,size=m`; the best first.
        """
        return await self._send(
            Call[Search](
                method="GET",
                path="/v1/catalogue/search",
                result=Search,
                query=sent(
                    q=q,
                    locale=locale,
                    type=type,
                    category=category,
                    option=option,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )
