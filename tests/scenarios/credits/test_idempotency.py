"""One effect for a key and its first answer for ever; batches whole, or each line for itself."""

from __future__ import annotations

import pytest

from api.commands.command import Command
from ledger.kernel.errors import Conflict, InsufficientCredits, Invalid, KeyReused, NotFound
from tests.scenarios.commands import deposit, grant, register, usage, use
from tests.scenarios.world import World, at

DEPOSIT = deposit("5", key="k")
USAGE = usage([use("5", id="u", metadata="{}")])
GRANT = grant("5", "free", key="k", reason="sorry")


@pytest.mark.parametrize("command", [DEPOSIT, USAGE, GRANT])
def test_sent_again_it_answers_the_same_and_does_nothing(
    world: World, command: Command[object]
) -> None:
    (first,) = world.given(command).command_results
    world.given(at("2027-02-01T00:00:00Z"), deposit("100", key="other"))
    (again,) = world.when(command).then_nothing_recorded().command_results
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.line, again.stored_fact.fact) == (first.line, first.stored_fact.fact)
    assert again.stored_fact.sequence == first.stored_fact.sequence
    assert again.stored_fact.hash == first.stored_fact.hash


@pytest.mark.parametrize(
    ("first", "other", "field"),
    [
        (DEPOSIT, deposit("6", key="k"), "Idempotency-Key"),
        (DEPOSIT, deposit("5", key="k", user="bob"), "Idempotency-Key"),
        (DEPOSIT, grant("5", "free", key="k"), "Idempotency-Key"),
        (GRANT, grant("5", "free", key="k", reason="other"), "Idempotency-Key"),
        (GRANT, grant("5", "free", key="k"), "Idempotency-Key"),
        (USAGE, usage([use("6", id="u", metadata="{}")]), "id"),
        (USAGE, usage([use("5", id="u", metadata="{1}")]), "id"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_same_key_with_other_content_is_refused(
    world: World, first: Command[object], other: Command[object], field: str, together: bool
) -> None:
    if together:
        world.when_together(first, other)
    else:
        world.given(first)
        world.when(other).then_nothing_recorded()
    world.then_refused(KeyReused, field=field)


def test_a_line_sent_alone_and_again_in_a_batch_is_the_same_line(world: World) -> None:
    one, two = use("1", id="1"), use("2", id="2")
    world.given(usage([one]))
    world.when(usage([two, one])).then_recorded("UsageRecorded")
    assert [each.replayed for each in world.command_results] == [False, True]
    assert [line.id for line in world.lines] == ["2", "1"]
    world.then_balance("0", debt="3")


def test_header_keys_and_line_ids_are_separate_namespaces(world: World) -> None:
    world.when(deposit("5", key="same"), usage([use("1", id="same")])).then_balance("4")


def test_orgs_have_separate_namespaces(world: World) -> None:
    world.given(register("other"))
    world.when(usage([use("1", id="u")]), usage([use("2", id="u")], org="other"))
    assert [each.replayed for each in world.command_results] == [False, False]


def test_twins_in_one_batch_have_one_effect(world: World) -> None:
    world.when(usage([use("5", id="u"), use("5", id="u")])).then_balance("0", debt="5")
    assert [each.replayed for each in world.command_results] == [False, True]
    assert len({(each.stored_fact.sequence, each.line) for each in world.command_results}) == 1


def test_twins_in_one_batch_with_different_content_are_that_items_problem(world: World) -> None:
    world.when(usage([use("5", id="u"), use("6", id="u")])).then_balance("0", debt="5")
    world.then_refused(KeyReused, field="id")


def test_twins_of_one_group_have_one_effect(world: World) -> None:
    world.when_together(USAGE, DEPOSIT, USAGE, DEPOSIT)
    world.then_recorded("WalletOpened", "UsageRecorded", "CreditsDeposited")
    assert [each.replayed for each in world.command_results] == [False, False, True, True]


def test_an_atomic_batch_records_all(world: World) -> None:
    uses = [use("1", id=f"u{n}") for n in range(3)]
    world.when(usage(uses, atomic=True)).then_recorded("WalletOpened", "UsageRecorded")
    world.then_balance("0", debt="3")


def test_an_atomic_batch_with_a_problem_records_nothing_and_names_the_first(world: World) -> None:
    world.given(deposit("5", key="d"))
    uses = [use("3", id="1"), use("3", id="2", reject=True), use(id="3")]
    world.when(usage(uses, atomic=True)).then_nothing_recorded().then_balance("5")
    assert world.then_refused(InsufficientCredits).facts["index"] == 1


def test_an_atomic_batch_of_known_ids_replays(world: World) -> None:
    uses = [use("1", id=f"u{n}") for n in range(3)]
    world.given(usage(uses, atomic=True))
    world.when(usage(uses, atomic=True)).then_nothing_recorded()
    assert [each.replayed for each in world.command_results] == [True] * 3


def test_an_independent_batch_records_what_is_right(world: World) -> None:
    uses = [use("1", id="1"), use(id="2"), use("1", id="3", user="bob")]
    world.when(usage(uses))
    world.then_recorded("WalletOpened", "UsageRecorded", "WalletOpened", "UsageRecorded")
    world.then_refused(Invalid)


def test_usage_in_an_unknown_org_is_refused(world: World) -> None:
    world.when(usage([use("1", id="u")], org="nobody")).then_nothing_recorded()
    world.then_refused(NotFound)


def test_an_org_is_registered_once(world: World) -> None:
    assert world.when(register()).command_results[0].replayed
    world.when(register(mode="shared")).then_refused(KeyReused)
    again = type(register())(**{**vars(register()), "key": "other"})
    world.when(again).then_refused(Conflict, field="id")


def test_recorded_time_never_runs_backwards_in_an_org(world: World) -> None:
    """The platform's chain may be ahead of this process's clock; a new org begins there."""
    world.given(at("2026-02-01T12:00:03Z"), register("ahead"), at("2026-02-01T12:00:00Z"))
    world.when_together(
        register("new"), deposit("1", key="d", org="new"), usage([use("1", id="u")], org="new")
    )
    times = [event.recorded_us for event in world.events if event.org == "new"]
    assert len(times) == 4
    assert times == sorted(times)
