"""Roles that an org makes for itself: defined, changed, removed, and never too many."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, Invalid, KeyReused, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.kernel.limits import ROLES_MAX
from ledger.kernel.roles import Role
from ledger.tenancy.role_book import RoleBook
from tests.scenarios.commands import define, register, remove
from tests.scenarios.world import World

READ, WRITE = "usage:read", "usage:write"


def roles(world: World) -> dict[str, list[str]]:
    """All there are after the last `when`, as its last fact says."""
    fact = world.facts[-1]
    assert isinstance(fact, RoleBook.RolesChanged)
    return fact.roles


def test_a_role_is_what_was_said_last_of_it(world: World) -> None:
    world.when(define("clerk", READ, key="1")).then_recorded("RoleBookOpened", "RolesChanged")
    world.when(define("reader", READ, key="2"), define("clerk", WRITE, READ, key="3"))
    assert roles(world) == {"clerk": [READ, WRITE], "reader": [READ]}
    world.when(remove("clerk", key="4")).then_recorded("RolesChanged")
    assert roles(world) == {"reader": [READ]}
    world.when(define("clerk", key="5"))
    assert roles(world) == {"clerk": [], "reader": [READ]}


def test_twins_define_a_role_once(world: World) -> None:
    world.when_together(*[define("clerk", READ, key="1")] * 3)
    assert not world.refusals
    world.then_recorded("RoleBookOpened", "RolesChanged")
    world.when(define("clerk", WRITE, key="1")).then_refused(KeyReused)


def test_of_two_who_remove_a_role_one_does(world: World) -> None:
    world.given(define("clerk", READ, key="1"))
    world.when_together(remove("clerk", key="2"), remove("clerk", key="3"))
    world.then_refused(NotFound, field="name")
    world.then_recorded("RolesChanged")


def test_a_role_that_a_key_comes_with_stays_and_says_which(world: World) -> None:
    world.given(define("clerk", READ, key="1"))
    world.when(remove("clerk", key="3", holders=["key_1", "key_2"]))
    assert "key_1, key_2" in world.then_refused(Conflict, field="name").detail
    world.then_nothing_recorded()


def test_what_was_removed_once_is_answered_so_again_whoever_holds_it_by_then(world: World) -> None:
    world.given(define("clerk", READ, key="1"), remove("clerk", key="2"))
    world.when(remove("clerk", key="2", holders=["key_1"]))
    assert not world.refusals
    world.then_nothing_recorded()


def test_an_org_has_a_bounded_number_of_roles(world: World) -> None:
    world.given(*(define(f"r{n}", READ, key=f"{n}") for n in range(ROLES_MAX)))
    world.when(define("more", READ, key="more")).then_refused(Conflict, field="name")
    world.then_nothing_recorded()
    world.given(define("r7", WRITE, key="changed"), remove("r8", key="end"))
    world.given(define("more", READ, key="later"))


@pytest.mark.parametrize(
    "name",
    [*Role, "", "A", "1a", "-a", "a_b", "a b", "a" * 64, "a/b", "a:own", "..", "a\n", "\u0430"],
)
def test_a_name_is_short_and_none_that_every_org_has(world: World, name: str) -> None:
    world.when(define(name, READ, key="1")).then_refused(Invalid, field="name")
    world.then_nothing_recorded()


def test_another_org_has_roles_of_its_own(world: World) -> None:
    world.given(register("globex"), define("clerk", READ, key="1"))
    world.when(remove("clerk", key="2", org="globex")).then_refused(NotFound, field="name")
    world.when(define("clerk", WRITE, key="3", org="globex"))
    assert roles(world) == {"clerk": [WRITE]}


def test_the_platform_and_an_org_that_is_not_there_have_none(world: World) -> None:
    world.when(define("clerk", READ, key="1", org=PLATFORM)).then_refused(Conflict, field="org")
    world.when(define("clerk", READ, key="2", org="nobody")).then_refused(NotFound)
