"""Categories: `DescribeCategory` and `ArchiveCategory`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.catalogue.lookup import find_category, open_category
from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.category import Category, category_id
from ledger.catalogue.local_text import LocalText, check_slug
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Conflict
from ledger.kernel.limits import CATEGORY_DEPTH_MAX


@dataclass(frozen=True)
class DescribeCategory(KeyedCommand):
    """Have a category called so at a place of the tree; there may be none of it yet."""

    category: str
    parent: str | None
    texts: dict[str, LocalText]

    operation: ClassVar[str] = "category"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        check_slug(self.category, "category")
        at = unit.now(self.org)
        found = unit.get(Category, category_id(self.org, self.category))
        category = found or Category.create(self.org, self.category, at)
        self._check_place(unit, category)
        is_there = found is not None and not found.archived
        before, height = category.parent if is_there else None, category.height
        category.describe(self.parent, self.texts, at, fingerprint=self.fingerprint)
        described = unit.record(category, self.actor, self.key)
        if before != self.parent:
            _count(unit, self.org, before, (height, None), self.actor)
            _count(unit, self.org, self.parent, (None, height), self.actor)
        return described

    def _check_place(self, unit: UnitOfWork, category: Category) -> None:
        """Refuse a place below itself, and one that makes the tree too deep."""
        level, above = 0, self.parent
        while above is not None:
            if above == self.category:
                raise Conflict("parent must not be the category, or below it.", field="parent")
            above, level = open_category(unit, self.org, above, "parent").parent, level + 1
        if level + category.height > CATEGORY_DEPTH_MAX:
            raise Conflict(
                f"the tree would be deeper than {CATEGORY_DEPTH_MAX} levels: take a parent further "
                "up.",
                field="parent",
            )


@dataclass(frozen=True)
class ArchiveCategory(KeyedCommand):
    """Have nothing put in a category any more."""

    category: str

    operation: ClassVar[str] = "category archive"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        category = find_category(unit, self.org, self.category)
        category.archive(unit.now(self.org), fingerprint=self.fingerprint)
        archived = unit.record(category, self.actor, self.key)
        _count(unit, self.org, category.parent, (category.height, None), self.actor)
        return archived


def _count(
    unit: UnitOfWork,
    org: str,
    parent: str | None,
    heights: tuple[int | None, int | None],
    actor: Actor,
) -> None:
    """Record with a parent that a child's height was and is so, and with those above it, as far up
    as that changes their own."""
    before, after = heights
    while parent is not None and before != after:
        above = find_category(unit, org, parent)
        was = above.height
        above.count(before, after, unit.now(org))
        unit.record(above, actor)
        before, after, parent = was, above.height, above.parent
