"""Categories make a tree: without circles, not too deep, and archived from the leaves."""

from __future__ import annotations

import pytest

from ledger.catalogue.category import Category
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.limits import CATEGORY_DEPTH_MAX
from tests.scenarios.catalogue.folding import folded
from tests.scenarios.catalogue_commands import archive_category, category
from tests.scenarios.world import World


def chain(world: World, *names: str) -> None:
    """Categories each in the one before."""
    for parent, name in zip((None, *names), names, strict=False):
        world.given(category(name, parent))


def parents(world: World) -> dict[str, str | None]:
    return {name: each.parent for name, each in folded(world, Category).items()}


def test_a_category_moves_with_all_below_it_but_not_below_itself(world: World) -> None:
    chain(world, "a", "b", "c")
    for below in ("a", "b", "c"):
        world.when(category("a", below, key=f"in {below}")).then_refused(Conflict, field="parent")
    world.given(category("b", key="to the top"))
    world.given(category("a", "c", key="now it may"))
    assert parents(world) == {"a": "c", "b": None, "c": "b"}
    world.when(category("b", "a", key="circle")).then_refused(Conflict, field="parent")


def test_the_tree_is_not_too_deep_whichever_part_moves(world: World) -> None:
    names = [f"c{level}" for level in range(CATEGORY_DEPTH_MAX)]
    chain(world, *names)
    world.when(category("below", names[-1])).then_refused(Conflict, field="parent")
    chain(world, "x", "y")
    world.when(category("x", names[-2], key="deep")).then_refused(Conflict, field="parent")
    world.given(category("x", names[-3], key="fits"))
    world.given(category(names[1], key="cut"))
    world.given(category("y", names[-1], key="fits now"))
    assert folded(world, Category)[names[1]].height == CATEGORY_DEPTH_MAX


def test_only_a_leaf_is_archived_and_comes_back(world: World) -> None:
    chain(world, "a", "b")
    world.when(archive_category("a")).then_refused(Conflict, field="category")
    world.given(archive_category("b"))
    world.when(archive_category("b", key="again")).then_refused(Conflict, field="category")
    world.when(category("c", "b")).then_refused(Invalid, field="parent")
    world.given(archive_category("a", key="now"))
    world.when(category("b", "a", key="back")).then_refused(Invalid, field="parent")
    world.given(category("a", key="a back"), category("b", "a", key="b back"))
    assert folded(world, Category)["a"].children[0] == 1


@pytest.mark.parametrize("parent", ["none", "b/../a"])
def test_a_parent_must_be_there(world: World, parent: str) -> None:
    world.when(category("a", parent)).then_refused(Invalid, field="parent")
    world.then_nothing_recorded()
