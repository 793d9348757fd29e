"""The item type book: one item type of an org, in versions that never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from ledger.catalogue.custom_fields import check_bounds
from ledger.catalogue.item_type import ItemType, Kind
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow

ITEM_TYPE_STREAM = "item-type"
ITEM_TYPES = "catalogue_item_types"
"""The table of what they are now."""


class ItemTypeBook(LedgerAggregate):
    """One item type. How its items are fulfilled is for ever; their fields may change."""

    TOPIC: ClassVar[str] = "catalogue.ItemTypeBook"
    STREAM: ClassVar[str] = f"{ITEM_TYPE_STREAM}/"

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.published: ItemType | None = None

    class Event(LedgerAggregate.Event):
        """Base of an item type book's facts."""

    class ItemTypeOpened(Event, FirstFact):
        """There is to be an item type whose items are fulfilled so."""

        TOPIC: ClassVar[str] = "catalogue.ItemTypeOpened"
        kind: Kind

    class ItemTypePublished(Event):
        """The custom fields of its items are checked by this schema from now on."""

        TOPIC: ClassVar[str] = "catalogue.ItemTypePublished"
        fingerprint: str
        type_version: int
        schema: dict[str, Any]

        def apply(self, aggregate: ItemTypeBook) -> None:
            name = name_of(self.originator_id)
            aggregate.published = ItemType(name, self.type_version, aggregate.kind, self.schema)

    @classmethod
    def open(cls, org: str, item_type: str, kind: Kind, at: datetime) -> ItemTypeBook:
        """Begin an item type."""
        book_id = item_type_id(org, item_type)
        return cls._create(cls.ItemTypeOpened, id=book_id, timestamp=at, kind=kind)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        published = msgspec.to_builtins(self.published)
        columns = {"org": org, "id": name_of(self.id), "published": published}
        return [TableRow(ITEM_TYPES, columns)]

    def publish(
        self, kind: Kind, schema: dict[str, Any], at: datetime, *, fingerprint: str
    ) -> None:
        """Publish the next version, of what `check_schema` has let pass; items keep what they were
        checked by until they are described again. Raises Invalid and Conflict."""
        if kind != self.kind:
            raise Conflict(
                f"items of this type are {self.kind} for ever: take another type.", field="kind"
            )
        check_bounds(schema)
        self.trigger_event(
            self.ItemTypePublished,
            timestamp=at,
            fingerprint=fingerprint,
            type_version=self.published.version + 1 if self.published else 1,
            schema=schema,
        )


def item_type_id(org: str, item_type: str) -> str:
    """Return the stream of an item type."""
    return stream_id(org, ITEM_TYPE_STREAM, item_type)
