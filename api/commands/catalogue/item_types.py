"""Item types: `PublishItemType`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.item_type import Kind
from ledger.catalogue.item_type_book import ItemTypeBook, item_type_id
from ledger.catalogue.local_text import check_slug


@dataclass(frozen=True)
class PublishItemType(KeyedCommand):
    """Have items of a type checked by a schema from now on; there may be none of it yet."""

    item_type: str
    kind: Kind
    schema: dict[str, Any]

    operation: ClassVar[str] = "item type"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        check_slug(self.item_type, "item_type")
        at = unit.now(self.org)
        found = unit.get(ItemTypeBook, item_type_id(self.org, self.item_type))
        book = found or ItemTypeBook.open(self.org, self.item_type, self.kind, at)
        book.publish(self.kind, self.schema, at, fingerprint=self.fingerprint)
        return unit.record(book, self.actor, self.key)
