"""The sweep on every store: of kinds that it does not know, and what is stuck stops no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event
from typing import TypeVar, cast

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.due_work import PostgresDueWork
from api.commands.command import Command
from api.commands.due import FallDue, FellDue
from api.container import ledger
from api.jobs import due
from api.jobs.due import OwnJob, StuckDue, Sweep
from api.writer.every_shard import EveryShard
from api.writer.group_commit import GroupCommit
from ledger import registry
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.errors import LedgerError
from ledger.kernel.shards import shard_of
from ledger.ports import DueRow, DueWork
from tests.contracts.jobs.lease import BeginLease, Lease
from tests.contracts.stores import (
    MemoryStore,
    PostgresStore,
    Store,
    append_to,
    clock_us,
    entry,
    process_on,
)
from tests.scenarios import wallet_commands as wallets
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ACTOR, deposit, grant, move, register

A = TypeVar("A")

HOUR_US = 3_600_000_000


@pytest.fixture(params=["memory", "postgres"])
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[Store, DueWork]]:
    """An empty store of each kind, and what asks it what is due."""
    if request.param == "memory":
        memory = MemoryStore()
        event_store = memory.open()
        assert isinstance(event_store, MemoryEventStore)
        yield memory, event_store
        return
    urls: DatabaseUrls = request.getfixturevalue("fresh_database")
    store, due_work = PostgresStore(urls.writer), PostgresDueWork(urls.writer)
    yield store, due_work
    store.close()
    due_work.close()


@pytest.fixture(autouse=True)
def lease_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a context with leases stood in the list of contexts."""
    monkeypatch.setitem(registry.KINDS, Lease.STREAM, Lease)


class Place:
    """A store, a process on it, and its sweep."""

    def __init__(self, store: Store, due_work: DueWork) -> None:
        self.store = store
        self.due_work = due_work
        self.process = process_on(store)
        self.own_jobs: dict[type[LedgerAggregate], OwnJob] = {}

    def sweep(self, process: GroupCommit | None = None) -> int:
        return Sweep(self.due_work, process or self.process, clock_us, self.own_jobs).run(Event())

    def begin(self, name: str, ago_us: int = 0, fault: str = "", org: str = "acme") -> None:
        command = BeginLease(
            org=org, actor=ACTOR, name=name, until_us=clock_us() - ago_us, fault=fault
        )
        self.process.run([command])

    def due(self) -> list[str]:
        return [row.stream for row in self.due_work.due_streams(2**62, 1_000)]


@pytest.fixture
def place(stores: tuple[Store, DueWork]) -> Place:
    return Place(*stores)


def test_moments_are_listed_oldest_first_after_one_and_until_now(place: Place) -> None:
    event_store = place.store.open()
    moments = [DueRow("b", "s/1", 5), DueRow("a", "s/2", 5), DueRow("a", "s/1", 7)]
    append_to(event_store, [entry("a", "s"), entry("b", "s")], due=moments)
    listed = [moments[1], moments[0], moments[2]]
    assert place.due_work.due_streams(7, 10) == listed
    assert place.due_work.due_streams(6, 10) == listed[:2]
    assert place.due_work.due_streams(7, 1) == listed[:1]
    assert place.due_work.due_streams(7, 10, listed[0]) == listed[1:]
    moved = [DueRow("a", "s/1", 1), DueRow("a", "s/2", None)]
    append_to(event_store, [entry("a", "s", 2)], due=moved)
    assert place.due_work.due_streams(7, 10) == [moved[0], moments[0]]


def test_only_moments_that_changed_are_sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[list[DueRow]] = []
    append = type(place.store.open()).append

    def noting(store: object, batch: object) -> int:
        sent.append(list(batch.due))  # type: ignore[attr-defined]
        return append(store, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(type(place.store.open()), "append", noting)
    end = "2099-01-01T00:00:00Z"
    place.process.run([register(), deposit("1", key="d1")])
    place.process.run([grant("1", "promotional", key="g1", expires=end)])
    place.process.run([deposit("1", key="d2")])
    process_on(place.store).run([deposit("1", key="d3")])  # restored, it knows what is stored
    assert [len(rows) for rows in sent] == [0, 1, 0, 0]


def test_what_is_due_in_an_org_of_another_shard_is_recorded_there(place: Place) -> None:
    place.process.run([register()])
    place.begin("over", ago_us=1)
    place.process.run([move("acme", 2)])
    everywhere = EveryShard(ledger(place.store.open()), clock_us)
    assert Sweep(place.due_work, everywhere, clock_us, {}).run(Event()) == 1
    *before, last = place.store.open().events_after("acme", 0)
    assert {shard_of(event.position) for event in before} == {1}
    assert shard_of(last.position) == 2
    assert place.due() == []


def test_a_kind_that_the_sweep_does_not_know_is_swept(place: Place) -> None:
    place.begin("over", ago_us=1)
    place.begin("on", ago_us=-HOUR_US)
    assert place.due() == ["lease/over", "lease/on"]
    assert place.sweep(process_on(place.store)) == 1  # loaded from its events
    assert place.due() == ["lease/on"]
    assert place.sweep() == 0


@pytest.mark.parametrize("fault", ["broken", "late", "half", "idle", "endless"])
def test_what_is_stuck_is_an_error_and_stops_no_other(
    place: Place, fault: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(due, "PAGE", 2)
    for n in range(3):  # whole pages of them come first
        place.begin(f"stuck {n}", ago_us=HOUR_US, fault=fault)
    for n in range(5):
        place.begin(f"sound {n}", ago_us=n)
    with pytest.raises(StuckDue, match="lease/stuck 0"):
        place.sweep()
    assert place.due() == [f"lease/stuck {n}" for n in range(3)]
    named = [each.getMessage() for each in caplog.records if each.name == "api.jobs.due"]
    assert [f"acme/lease/stuck {n}" in text for n, text in enumerate(named)] == [True] * 3
    place.begin("later")
    with pytest.raises(StuckDue):
        place.sweep()
    assert place.due() == [f"lease/stuck {n}" for n in range(3)]


def test_a_moment_of_something_that_is_not_there_is_stuck(place: Place) -> None:
    row = DueRow("acme", "nothing/x", 1)
    append_to(place.store.open(), [entry("acme", "s")], due=[row])
    place.begin("sound")
    with pytest.raises(StuckDue, match="acme/nothing/x"):
        place.sweep()
    assert place.due() == ["nothing/x"]


def test_what_another_has_swept_meanwhile_is_no_error(place: Place) -> None:
    place.begin("over", ago_us=1)
    other = process_on(place.store)

    class Late:
        """Lists what is due, and only then does another sweep it."""

        def due_streams(self, now_us: int, limit: int, after: DueRow | None = None) -> list[DueRow]:
            found = place.due_work.due_streams(now_us, limit, after)
            other.run([FallDue(org=row.org, actor=ACTOR, stream=row.stream) for row in found])
            return found

    assert Sweep(Late(), place.process, clock_us, {}).run(Event()) == 0
    assert place.due() == []


def test_a_kind_with_a_job_of_its_own_is_left_to_it(place: Place) -> None:
    place.begin("over", ago_us=1)
    done: list[DueRow] = []

    def job(row: DueRow, stop: Event) -> int:
        done.append(row)
        command = FallDue(org=row.org, actor=ACTOR, stream=row.stream)
        (outcome,) = place.process.run([command])
        assert isinstance(outcome, FellDue)
        return 7

    place.own_jobs[Lease] = job
    assert place.sweep() == 7
    assert [row.stream for row in done] == ["lease/over"]


def test_a_job_that_does_nothing_is_stuck_and_stops_no_other(place: Place) -> None:
    place.begin("over", ago_us=1)
    place.process.run([register("acme")])
    place.own_jobs[Lease] = lambda row, stop: 0
    with pytest.raises(StuckDue, match="lease/over"):
        place.sweep()


def test_what_falls_due_while_a_commit_lasts_is_recorded_and_not_stuck() -> None:
    """A wallet with many holds has one that ends within any few milliseconds."""
    clock = StandingClock()
    store = MemoryEventStore(clock)
    process = GroupCommit(ledger(store), clock)
    process.run([register(), deposit("9", key="d")])
    process.run([wallets.place("1", id=f"h{n}", lasts_us=wallets.MINUTE + n) for n in range(3)])
    clock.now_us += wallets.MINUTE

    class Slow:
        """Time passes from when it has decided until it returns."""

        def run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
            outcomes = process.run(commands)
            clock.now_us += 1
            return outcomes

    assert Sweep(store, cast(GroupCommit, Slow()), clock, {}).run(Event()) == 3
    assert store.due_streams(2**62, 1) == []
