"""Members of a shared org: who is suspended, whose credit pays first, and their holds."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Suspended, TooManyHolds
from ledger.kernel.limits import OPEN_HOLDS_MAX, POOL_HOLDS_MAX
from tests.scenarios.commands import deposit, usage, use
from tests.scenarios.wallet_commands import (
    capture,
    convert,
    place,
    release,
    resume,
    suspend,
    transfer,
)
from tests.scenarios.world import World

POOL = "@pool"
STOCK = deposit("100", key="stock", user=POOL)
ADMISSIONS = [usage([use("1", id="r", user="bob", reject=True)]), place("1", user="bob")]


@pytest.mark.parametrize("admission", ADMISSIONS, ids=["debit", "hold"])
def test_a_suspended_member_begins_nothing(shared_world: World, admission: object) -> None:
    shared_world.given(STOCK, suspend(user="bob")).when(admission)  # type: ignore[arg-type]
    refusal = shared_world.then_refused(Suspended, field="user")
    assert (refusal.code, refusal.facts) == ("wallet_suspended", {})
    shared_world.then_nothing_recorded()
    shared_world.given(resume(user="bob"), admission)  # type: ignore[arg-type]


def test_the_others_of_a_suspended_member_are_untouched(shared_world: World) -> None:
    shared_world.given(STOCK, suspend(user="bob"))
    shared_world.given(place("1", user="ada"), usage([use("1", id="u", reject=True)]))


def test_in_a_batch_only_the_suspended_members_lines_are_refused(shared_world: World) -> None:
    shared_world.given(STOCK, suspend(user="bob"))
    lines = [use("1", id=user, user=user, reject=True) for user in ("ada", "bob", "eve")]
    shared_world.when(usage(lines)).then_refused(Suspended)
    shared_world.then_balance("98", owner=POOL)


def test_work_that_a_suspended_member_has_done_is_recorded(shared_world: World) -> None:
    holds = [place("4", id=each, user="bob") for each in ("h", "k")]
    shared_world.given(STOCK, *holds, suspend(user="bob"))
    shared_world.given(usage([use("1", id="u", user="bob")]), capture("3"), release("k"))
    shared_world.then_balance("96", owner=POOL)


def test_a_suspended_pool_begins_nothing_for_anybody(shared_world: World) -> None:
    shared_world.given(STOCK, suspend(user=POOL)).when(place("1", user="ada"))
    shared_world.then_refused(Suspended)


def test_a_members_holds_are_bounded_and_leave_the_others_theirs(shared_world: World) -> None:
    shared_world.given(STOCK)
    mine = [place("0.001", id=f"h{n}", user="bob") for n in range(OPEN_HOLDS_MAX + 1)]
    shared_world.when_together(*mine).then_refused(TooManyHolds, field="user")
    shared_world.given(place("1", id="ada's", user="ada"), release("h7"))
    shared_world.given(place("0.001", id="another", user="bob"))


def test_the_holds_of_all_members_together_are_bounded(shared_world: World) -> None:
    shared_world.given(STOCK)
    users = [f"u{n}" for n in range(POOL_HOLDS_MAX // OPEN_HOLDS_MAX)]
    for user in users:
        holds = [place("0.001", id=f"{user} {n}", user=user) for n in range(OPEN_HOLDS_MAX)]
        shared_world.when_together(*holds)
        assert not shared_world.refusals
    refusal = shared_world.when(place("1", user="bob")).then_refused(TooManyHolds)
    assert "wait until some have ended" in refusal.detail
    shared_world.given(release("u0 7"), place("1", id="later", user="bob"))


def test_nothing_leaves_a_suspended_wallet_by_hand(world: World) -> None:
    dollars = deposit("5", key="usd", asset="usd")
    world.given(deposit("5", key="d"), dollars, suspend())
    world.when(transfer("1", giver="ada", receiver="bob")).then_refused(
        Suspended, field="from_user"
    )
    world.when(convert(100))
    assert not world.refusals  # the wallet in dollars is another
