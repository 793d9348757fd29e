"""The category: one place in the tree that catalogue items are found in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.catalogue.local_text import LocalText, check_texts
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.limits import CATEGORY_DEPTH_MAX
from ledger.kernel.rows import TableRow

CATEGORY_STREAM = "category"
CATEGORIES = "catalogue_categories"
"""The table of what they are now."""


class Category(LedgerAggregate):
    """One category. It counts its children by how many levels each is high, so that whoever moves
    it knows how deep the tree would be."""

    TOPIC: ClassVar[str] = "catalogue.Category"
    STREAM: ClassVar[str] = f"{CATEGORY_STREAM}/"

    def __init__(self) -> None:
        self.parent: str | None = None
        self.texts: dict[str, LocalText] = {}
        self.archived = False
        self.children = [0] * CATEGORY_DEPTH_MAX
        """How many children are one level high, two, and so on."""

    class Event(LedgerAggregate.Event):
        """Base of a category's facts."""

    class CategoryCreated(Event, FirstFact):
        """There is to be a category."""

        TOPIC: ClassVar[str] = "catalogue.CategoryCreated"

    class CategoryDescribed(Event):
        """It is called so and stands there from now on, in the tree again if it was archived."""

        TOPIC: ClassVar[str] = "catalogue.CategoryDescribed"
        fingerprint: str
        parent: str | None
        wording: dict[str, LocalText]

        def apply(self, aggregate: Category) -> None:
            aggregate.parent, aggregate.texts = self.parent, self.wording
            aggregate.archived = False

    class ChildrenCounted(Event):
        """A child came, went, or is higher or lower than before."""

        TOPIC: ClassVar[str] = "catalogue.ChildrenCounted"
        children: list[int]

        def apply(self, aggregate: Category) -> None:
            aggregate.children = list(self.children)

    class CategoryArchived(Event):
        """Nothing is put there any more."""

        TOPIC: ClassVar[str] = "catalogue.CategoryArchived"
        fingerprint: str

        def apply(self, aggregate: Category) -> None:
            aggregate.archived = True

    @property
    def height(self) -> int:
        """How many levels it and what is below it are."""
        return 1 + max((level for level, n in enumerate(self.children, 1) if n), default=0)

    @classmethod
    def create(cls, org: str, slug: str, at: datetime) -> Category:
        """Begin a category."""
        return cls._create(cls.CategoryCreated, id=category_id(org, slug), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": name_of(self.id),
            "parent": self.parent,
            "archived": self.archived,
            "texts": msgspec.to_builtins(self.texts),
        }
        return [TableRow(CATEGORIES, columns)]

    def describe(
        self, parent: str | None, texts: dict[str, LocalText], at: datetime, *, fingerprint: str
    ) -> None:
        """Call it so, at a place that was checked. Raises Invalid."""
        check_texts(texts, "texts")
        self.trigger_event(
            self.CategoryDescribed,
            timestamp=at,
            fingerprint=fingerprint,
            parent=parent,
            wording=texts,
        )

    def count(self, before: int | None, after: int | None, at: datetime) -> None:
        """Count a child that was so many levels high, and is so many; None: it is not there."""
        children = list(self.children)
        if before is not None:
            children[before - 1] -= 1
        if after is not None:
            children[after - 1] += 1
        self.trigger_event(self.ChildrenCounted, timestamp=at, children=children)

    def archive(self, at: datetime, *, fingerprint: str) -> None:
        """Have nothing put there any more. Raises Conflict."""
        if self.archived:
            raise Conflict("the category is archived already.", field="category")
        if any(self.children):
            raise Conflict(
                "the category has others below it: archive or move them.", field="category"
            )
        self.trigger_event(self.CategoryArchived, timestamp=at, fingerprint=fingerprint)


def category_id(org: str, slug: str) -> str:
    """Return the stream of a category."""
    return stream_id(org, CATEGORY_STREAM, slug)
