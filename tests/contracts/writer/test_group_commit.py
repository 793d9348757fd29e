"""Group commit on every store: twins, refusals, poison, and two processes on one store."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Protocol

import pytest

from adapters.postgres import event_store as event_stores
from adapters.postgres.connection import DatabaseUrls
from api import container
from api.commands.command import Command
from api.commands.credits.hold_result import HoldResult
from api.commands.credits.usage import RecordUsage
from api.commands.privacy.erasures import ErasePerson
from api.commands.result import CommandResult
from api.commands.unit_of_work import UnitOfWork
from api.writer.group_commit import GroupCommit
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import ClockSkewed, Conflict, Failed, InsufficientCredits, KeyReused
from tests.contracts.stores import PostgresStore, Store, clock_us, process_on
from tests.properties.piped import Piped
from tests.scenarios.commands import (
    ACTOR,
    ORG,
    USER,
    credits_of,
    deposit,
    price,
    publish,
    register,
    usage,
    use,
)
from tests.scenarios.wallet_commands import capture, place, reverse

ASKED = f"{ORG}/wallet/credit/{USER}"


class Poisoned(RecordUsage):
    """A command that breaks the group it is in."""

    def decide(self, unit: UnitOfWork) -> Any:
        raise ZeroDivisionError


class FailsOnce(RecordUsage):
    """A command that breaks the first group it is in, after others have been decided."""

    failures: ClassVar[list[str]] = []

    def decide(self, unit: UnitOfWork) -> Any:
        if not self.failures:
            self.failures.append("the connection was lost")
            raise ConnectionError(self.failures[0])
        return super().decide(unit)


@pytest.fixture
def process(store: Store) -> GroupCommit:
    """A process on a store with one org."""
    process = process_on(store)
    (result,) = process.run([register()])
    assert isinstance(result, CommandResult)
    return process


class Runner(Protocol):
    """Runs commands, in one group or in two of which the second is decided ahead."""

    def run(self, commands: Sequence[Command[object]]) -> list[Any]: ...


@pytest.fixture(params=["one by one", "ahead, lazily", "ahead"])
def runner(process: GroupCommit, request: pytest.FixtureRequest) -> Runner:
    if request.param == "one by one":
        return process
    return Piped(process, lazy=request.param == "ahead, lazily")


def place_of(result: CommandResult) -> tuple[int, int, bool]:
    return result.stored_fact.sequence, result.line, result.replayed


def line_id_of(result: CommandResult) -> str:
    fact = result.stored_fact.fact
    assert isinstance(fact, Wallet.UsageRecorded)
    return fact.lines[result.line].id


def debt_of(store: Store) -> int:
    return store.open().balance_rows([ASKED])[ASKED].debt


def test_twins_in_one_group_have_one_effect(process: Runner, store: Store) -> None:
    first, twin = process.run([usage([use("1", id="u")]), usage([use("1", id="u")])])
    assert place_of(first[0]) == (3, 0, False)
    assert place_of(twin[0]) == (3, 0, True)
    assert debt_of(store) == credits_of("1")


def test_twins_across_groups_and_processes_have_one_effect(process: Runner, store: Store) -> None:
    other: Runner = process_on(store)
    (first,) = process.run([deposit("1", key="d")])
    (again,) = process.run([deposit("1", key="d")])
    (elsewhere,) = other.run([deposit("1", key="d")])
    assert [each.replayed for each in (first, again, elsewhere)] == [False, True, True]
    assert {each.stored_fact.sequence for each in (first, again, elsewhere)} == {3}
    assert {each.stored_fact.fact for each in (first, again, elsewhere)} == {first.stored_fact.fact}


def test_one_key_with_other_content_is_refused(process: Runner, store: Store) -> None:
    first, other = process.run([deposit("1", key="d"), deposit("2", key="d")])
    assert isinstance(first, CommandResult)
    assert isinstance(other, KeyReused)
    (elsewhere,) = process_on(store).run([deposit("2", key="d")])
    assert isinstance(elsewhere, KeyReused)


def test_a_refusal_leaves_no_event(process: Runner, store: Store) -> None:
    before = store.open().max_notification_id()
    registered_twice = dataclasses.replace(register(), key="another")
    refused, conflict = process.run([usage([use("1", id="u", reject=True)]), registered_twice])
    assert isinstance(refused[0], InsufficientCredits)
    assert isinstance(conflict, Conflict)
    assert store.open().max_notification_id() == before


def test_a_poison_command_fails_alone(process: Runner, store: Store) -> None:
    poison = Poisoned(ORG, ACTOR, [use("4", id="u3")])
    first, failed, last = process.run(
        [usage([use("1", id="u1")]), poison, usage([use("2", id="u2")])]
    )
    assert isinstance(failed, Failed)
    assert [place_of(each[0]) for each in (first, last)] == [(3, 0, False), (4, 0, False)]
    assert debt_of(store) == credits_of("3")


def test_another_processes_events_evict_what_is_in_memory(process: Runner, store: Store) -> None:
    other: Runner = process_on(store)
    process.run([deposit("10", key="d1")])
    other.run([usage([use("10", id="u1")])])
    (refused,) = process.run([usage([use("1", id="u2", reject=True)])])
    assert isinstance(refused[0], InsufficientCredits)
    other.run([deposit("5", key="d2")])
    (accepted,) = process.run([usage([use("5", id="u2", reject=True)])])
    assert accepted[0].stored_fact.fact.lines[0].balance_after == 0


def test_a_line_recorded_before_is_answered_as_it_was_and_not_refused(
    process: Runner, runner: Runner
) -> None:
    spending = usage([use("10", id="u1", reject=True)])
    process.run([deposit("10", key="d1"), spending])
    for others in ([], [usage([use("1", id="u2")])], [usage([use("1", id="u3", reject=True)])]):
        again, *_ = runner.run([spending, *others])
        assert [(type(each), each.replayed) for each in again] == [(CommandResult, True)]


def test_a_refusal_is_not_of_what_another_process_has_changed(
    process: Runner, runner: Runner, store: Store
) -> None:
    other: Runner = process_on(store)
    process.run([deposit("1", key="d1")])
    for n in range(3):
        spending = [usage([use("5", id=f"u{n}", reject=True)])]
        assert isinstance(runner.run(spending)[0][0], InsufficientCredits)
        other.run([deposit("5", key=f"given {n}")])
        assert isinstance(runner.run(spending)[0][0], CommandResult)


def test_usage_has_the_price_that_another_process_has_published(
    runner: Runner, store: Store
) -> None:
    other: Runner = process_on(store)
    for dollars in ("1", "2", "3"):
        other.run([publish([price("m", "input_tokens", dollars)], key=dollars)])
        rated = use(id=f"at {dollars}", model="m", quantities={"input_tokens": 1_000_000})
        ((result,),) = runner.run([usage([rated])])
        (line,) = result.stored_fact.fact.lines
        assert line.amount == int(dollars) * 10**9


def test_a_hold_is_captured_once_whoever_remembers_it(
    process: Runner, runner: Runner, store: Store
) -> None:
    other: Runner = process_on(store)
    process.run([deposit("10", key="d")])
    runner.run([place("3", id=each) for each in "abc"])
    captured, again, refused = runner.run(
        [capture("1", id="a"), capture("1", id="a"), capture("1", id="a", key="another")]
    )
    assert [captured.replayed, again.replayed] == [False, True]
    assert isinstance(refused, Conflict)
    other.run([capture("1", id="b")])
    refused, captured = runner.run([capture("1", id="b", key="another"), capture("1", id="c")])
    assert isinstance(refused, Conflict)
    assert isinstance(captured, HoldResult)
    row = store.open().balance_rows([ASKED])[ASKED]
    assert (row.credits, row.held, row.debt) == (credits_of("7"), 0, 0)


def test_a_commit_is_one_question_when_nothing_is_in_doubt(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_store = store.open()
    process: Runner = GroupCommit(container.ledger(event_store), clock_us)
    process.run([register()])
    process.run([deposit("10", key="d")])

    def asked(*_: object) -> None:
        raise AssertionError("the store was asked")

    for question in ("look_up", "events_at", "balance_rows"):
        monkeypatch.setattr(event_store, question, asked)
    placed, (used,) = process.run([place("3", id="a"), usage([use("1", id="u")])])
    (captured,) = process.run([capture("1", id="a")])
    assert all(isinstance(each, CommandResult) for each in (placed, used))
    assert isinstance(captured, HoldResult)


CLIENTS, USES = 3, 60


def _load(process: Runner, number: int) -> list[Any]:
    """Shared ids, so that each use is sent by every client; three at a time."""
    outcomes = []
    for n in range(0, USES, 3):
        group = [usage([use("1", id=f"u{(n + k + number) % USES}")]) for k in range(3)]
        outcomes += process.run(group)
    return outcomes


def test_two_processes_never_lose_or_double(process: Runner, store: Store) -> None:
    process.run([deposit("20", key="d")])
    processes = [process, *(process_on(store) for _ in range(CLIENTS - 1))]
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(_load, each, n) for n, each in enumerate(processes)]
        outcomes = [outcome for each in running for outcome in each.result(timeout=900)]

    command_results = [result for outcome in outcomes for result in outcome]
    assert all(isinstance(each, CommandResult) for each in command_results)
    assert sum(not each.replayed for each in command_results) == USES
    places = {(line_id_of(each), *place_of(each)[:2]) for each in command_results}
    assert len(places) == USES
    row = store.open().balance_rows([ASKED])[ASKED]
    assert (row.credits, row.debt) == (0, credits_of(str(USES - 20)))


def test_reject_never_overspends_in_a_race(process: Runner, store: Store) -> None:
    process.run([deposit("10", key="d")])
    processes = [process, process_on(store)]

    def spend(number: int) -> int:
        commands = [usage([use("1", id=f"{number}/{n}", reject=True)]) for n in range(15)]
        outcomes = [processes[number].run([each])[0][0] for each in commands]
        return sum(isinstance(each, CommandResult) for each in outcomes)

    with ThreadPoolExecutor(2) as pool:
        accepted = sum(each.result(timeout=120) for each in [pool.submit(spend, n) for n in (0, 1)])
    row = store.open().balance_rows([ASKED])[ASKED]
    assert (accepted, row.credits, row.debt) == (10, 0, 0)


def test_a_skewed_clock_is_answered_as_such(store: Store) -> None:
    ahead = GroupCommit(container.ledger(store.open()), lambda: clock_us() + 10_000_000)
    (outcome,) = ahead.run([register()])
    assert isinstance(outcome, ClockSkewed)


def test_what_came_late_to_the_database_is_dated_again(store: Store) -> None:
    """As on a machine with too much to do: the clocks agree, and nobody is alarmed."""
    moments = iter([clock_us() - 6_000_000] * 2)
    slow = GroupCommit(container.ledger(store.open()), lambda: next(moments, clock_us()))
    (outcome,) = slow.run([register()])
    assert isinstance(outcome, CommandResult)
    assert next(moments, None) is None


@pytest.mark.parametrize("lazy", [True, False])
def test_what_was_decided_ahead_of_a_failure_is_decided_once(
    process: GroupCommit, store: Store, *, lazy: bool
) -> None:
    FailsOnce.failures.clear()
    breaking = FailsOnce(org=ORG, actor=ACTOR, uses=[use("1", id="d")])
    singles = [usage([use("1", id=each)]) for each in "abc"]
    Piped(process, lazy=lazy).run([*singles, breaking])
    assert FailsOnce.failures
    assert debt_of(store) == credits_of("4")
    fresh: Any = container.ledger(store.open()).repository.get(ASKED)
    assert isinstance(fresh, Wallet)
    assert fresh.funds.debt == credits_of("4")


def test_an_erasure_decided_ahead_finds_the_texts_in_flight(
    process: GroupCommit, store: Store
) -> None:
    noted = use("1", id="a", metadata="a private note")
    assert noted.metadata is not None
    erase = ErasePerson(
        org=ORG, actor=ACTOR, key="erase", sent={"user": USER}, erasure="e-1", user=USER
    )
    (_, result) = Piped(process, lazy=True).run([usage([noted]), erase])
    assert result.stored_fact.fact.digests == [noted.metadata.digest]


def test_what_is_in_flight_can_be_reversed_and_is_not_taken_for_archived(
    process: GroupCommit,
) -> None:
    (first,) = process.run([deposit("1", key="a")])
    assert isinstance(first, CommandResult)
    back = reverse(first.stored_fact.sequence + 1, key="back")
    _, reversed_ = Piped(process, lazy=True).run([deposit("2", key="b"), back])
    assert isinstance(reversed_, CommandResult)
    twice = dataclasses.replace(back, key="twice")
    assert isinstance(process.run([twice])[0], Conflict)


@pytest.mark.parametrize("ahead", [False, True], ids=["in its group", "in flight"])
def test_a_text_erased_a_moment_ago_is_not_shown_to_who_sends_it_again(
    process: GroupCommit, store: Store, ahead: bool
) -> None:
    noted = usage([use("1", id="a", metadata="a private note")])
    erase = ErasePerson(
        org=ORG, actor=ACTOR, key="erase", sent={"user": USER}, erasure="e-1", user=USER
    )
    running: Runner = Piped(process, lazy=True) if ahead else process
    first, _, again = running.run([noted, erase, dataclasses.replace(noted)])
    assert [(each.replayed, each.erased) for each in (*first, *again)] == [
        (False, False),
        (True, True),
    ]
    (later,) = running.run([noted])[0]
    assert (later.replayed, later.erased) == (True, True)


def faults(caplog: pytest.LogCaptureFixture) -> list[type[BaseException] | None]:
    return [record.exc_info[0] for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("ahead", [False, True], ids=["at once", "ahead"])
def test_a_fault_of_ours_is_logged_once_with_its_traceback_and_answered_as_such(
    process: GroupCommit, caplog: pytest.LogCaptureFixture, ahead: bool
) -> None:
    poison = Poisoned(ORG, ACTOR, [use("4", id="p")])
    running: Runner = Piped(process, lazy=True) if ahead else process
    first, failed = running.run([usage([use("1", id="u1")]), poison])
    assert isinstance(first[0], CommandResult)
    assert isinstance(failed, Failed)
    assert "send the same again" not in failed.detail
    assert faults(caplog) == [ZeroDivisionError]
    running.run([dataclasses.replace(poison)])
    assert faults(caplog) == [ZeroDivisionError] * 2


def test_a_fault_that_only_what_is_decided_ahead_meets_is_logged(
    process: GroupCommit, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    FailsOnce.failures.clear()
    breaking = FailsOnce(org=ORG, actor=ACTOR, uses=[use("1", id="b")])
    outcomes = Piped(process, lazy=True).run([usage([use("1", id="a")]), breaking])
    assert all(isinstance(each, CommandResult) for (each,) in outcomes)
    assert faults(caplog) == [ConnectionError]


def test_a_race_that_is_lost_is_no_fault(
    process: GroupCommit, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    piped = Piped(process, lazy=True)
    process_on(store).run([deposit("5", key="theirs")])
    piped.run([deposit("1", key="a"), deposit("1", key="b")])
    assert faults(caplog) == []


def test_a_question_that_the_database_cannot_answer_is_a_fault_of_ours(
    fresh_database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PostgresStore(fresh_database.writer)
    process = process_on(store)
    monkeypatch.setattr(event_stores, "APPEND", "SELECT tally.no_such_function()")
    monkeypatch.setattr(event_stores, "parameters", lambda _: [])
    (outcome,) = process.run([register()])
    store.close()
    assert isinstance(outcome, Failed)
    assert "send the same again" not in outcome.detail
