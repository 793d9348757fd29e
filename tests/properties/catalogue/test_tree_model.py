"""The tree of categories is the one that a model makes of the same commands, which knows the whole
tree and walks it; a category only counts its children."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.catalogue.category import Category
from ledger.kernel.limits import CATEGORY_DEPTH_MAX
from tests.scenarios.catalogue.folding import folded
from tests.scenarios.catalogue_commands import archive_category, category
from tests.scenarios.commands import register
from tests.scenarios.world import World

names = st.sampled_from([f"c{n}" for n in range(12)])
moves = st.tuples(names, st.none() | names)
steps = st.lists(st.one_of(moves, moves, moves, names), max_size=40)
ARCHIVED = "archived"


class Tree:
    """Parents by name; of what is archived the word for it."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}

    def below(self, name: str) -> list[str]:
        return [each for each, parent in self.parents.items() if parent == name]

    def height(self, name: str) -> int:
        return 1 + max((self.height(each) for each in self.below(name)), default=0)

    def above(self, name: str | None) -> list[str]:
        return [] if name is None else [name, *self.above(self.parents[name])]

    def move(self, name: str, parent: str | None) -> bool:
        if parent is not None and self.parents.get(parent, ARCHIVED) == ARCHIVED:
            return False
        above = self.above(parent)
        if name in above or len(above) + self.height(name) > CATEGORY_DEPTH_MAX:
            return False
        self.parents[name] = parent
        return True

    def archive(self, name: str) -> bool:
        if self.parents.get(name, ARCHIVED) == ARCHIVED or self.below(name):
            return False
        self.parents[name] = ARCHIVED
        return True


@settings(max_examples=40, deadline=None)
@given(asked=steps)
def test_the_tree_is_that_of_the_model(asked: list[tuple[str, str | None] | str]) -> None:
    world, tree = World().given(register()), Tree()
    for number, step in enumerate(asked):
        if isinstance(step, str):
            world.when(archive_category(step, key=f"{number}"))
            done = tree.archive(step)
        else:
            world.when(category(*step, key=f"{number}"))
            done = tree.move(*step)
        assert bool(world.refusals) is not done
    found = folded(world, Category)
    assert {
        name: ARCHIVED if each.archived else each.parent for name, each in found.items()
    } == tree.parents
    for name, each in found.items():
        assert each.height == tree.height(name)
