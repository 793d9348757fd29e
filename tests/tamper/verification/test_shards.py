"""Stores of several shards: orgs that have moved verify, and what is wrong in one is found."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.snapshot import Tables
from api import container
from api.commands.command import Command
from api.writer.group_commit import GroupCommit
from ledger.kernel.chain import Entry, Head, extend
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM
from ledger.kernel.report import Report
from ledger.kernel.shards import base_of, shard_of
from ledger.ports import RecordedEvent
from ledger.proof.note import SignerKey
from ledger.tenancy.org import PLACEMENTS
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import deposit, move, price, publish, register, usage, use
from tests.tamper import stories
from tests.tamper.stories import LEDGER, Sealed, inspect, project, seal

MINUTE_US = 60_000_000


@cache
def moved() -> Sealed:
    """Acme was in shards 1, 2, 1 and 3, globex went to 2, initech stayed."""
    clock = StandingClock()
    store = MemoryEventStore(clock)
    writers = {n: GroupCommit(container.ledger(store), clock, shard=n) for n in (1, 2, 3)}

    def run(shard: int, *commands: Command[object]) -> None:
        clock.now_us += MINUTE_US
        for outcome in writers[shard].run(list(commands)):
            for part in outcome if isinstance(outcome, list) else [outcome]:
                assert not isinstance(part, LedgerError), part

    def work(shard: int, org: str, name: str) -> None:
        run(shard, deposit("5", key=name, user="ada", org=org))
        tokens = {"input_tokens": 1000}
        for n in range(3):
            use_ = use(id=f"{name} {n}", user="ada", model="m", quantities=tokens)
            run(shard, usage([use_], org=org))

    run(1, *[register(org) for org in ("acme", "globex", "initech")])
    run(1, publish([price("m", "input_tokens", "2.50")], key="card", org=PLATFORM))
    for number, (org, shard) in enumerate(
        [("acme", 1), ("globex", 2), ("acme", 2), ("initech", 1), ("acme", 1), ("acme", 3)]
    ):
        if (org, number) != ("acme", 0) and org != "initech":
            run(1, move(org, shard, key=f"move {number}"))
        work(shard, org, f"{org} {number}")
    tables = Tables.of_journal(store)
    tables.events.sort(key=lambda event: (event.recorded_us, event.position))
    project(tables)
    return seal(tables, SignerKey(LEDGER, bytes(32)))


def verify(change: Callable[[Tables], None] | None = None) -> Report:
    """What verification finds after a change."""
    tables = moved().tables.copy()
    if change is not None:
        change(tables)
    return inspect(tables, moved().signatures, stories.testimony_of(moved()))


def of(tables: Tables, org: str, shard: int) -> list[RecordedEvent]:
    """The events of an org in a shard."""
    return [e for e in tables.events if (e.org, shard_of(e.position)) == (org, shard)]


def test_orgs_that_have_moved_verify() -> None:
    report = verify()
    assert report.exit_code == 0, report.as_dict()
    assert report.events == len(moved().tables.events)
    assert {shard_of(e.position) for e in moved().tables.events} == {1, 2, 3}
    assert all(head.as_recorded for head in report.heads)


@pytest.mark.parametrize("shard", [1, 2, 3])
def test_an_event_that_is_gone_is_named_in_its_shard(shard: int) -> None:
    gone = of(moved().tables, "acme", shard)[1]
    report = verify(lambda tables: tables.events.remove(gone))
    first = report["sequences"].first
    assert first is not None
    assert first.place[:2] == ("acme", gone.sequence)
    assert report["sequences"].wrong == report["positions"].wrong == 1
    assert f"positions {gone.position} to {gone.position}" in str(report["positions"].first)


@pytest.mark.parametrize("shard", [1, 2, 3])
def test_a_cut_tail_of_a_shard_is_named(shard: int) -> None:
    last = [e for e in moved().tables.events if shard_of(e.position) == shard][-1]
    report = verify(lambda tables: tables.events.remove(last))
    assert "the shard gave out positions up to" in str(report["positions"].first)
    assert report["heads"].wrong + report["sequences"].wrong == 1  # or it goes on elsewhere


def test_the_row_of_a_shard_that_is_gone_is_named() -> None:
    report = verify(lambda tables: tables.shards.pop(2))  # type: ignore[arg-type]
    assert report["positions"].wrong == 1
    assert "shard 2" in str(report["positions"].first)


def test_the_row_of_a_shard_that_gave_nothing_out_is_no_finding() -> None:
    report = verify(lambda tables: tables.shards.update({4: base_of(4)}))
    assert report.exit_code == 0, report.as_dict()


def test_where_an_org_lives_is_compared_with_its_moves() -> None:
    def change(tables: Tables) -> None:
        rows = [dict(row) for row in tables.declared[PLACEMENTS]]
        next(row for row in rows if row["tenant"] == "globex")["shard"] = 1
        tables.declared[PLACEMENTS] = rows

    report = verify(change)
    assert report[PLACEMENTS].wrong == 1
    assert "globex" in str(report[PLACEMENTS].first)


def restand(tables: Tables, event: RecordedEvent, shard: int) -> None:
    """Have an event stand in another shard, whose positions and row then fit again."""
    others = [e for e in tables.events if e != event]
    ends = {n: base_of(n) for n in tables.shards}
    stood = sorted([*others, event._replace(position=base_of(shard) + 2**47)])
    tables.events = []
    for each in stood:
        ends[shard_of(each.position)] += 1
        tables.events.append(each._replace(position=ends[shard_of(each.position)]))
    tables.shards = ends
    project(tables)


@pytest.mark.parametrize(("org", "shard"), [("initech", 2), ("globex", 3), ("acme", 2)])
def test_an_event_in_a_shard_where_its_org_did_not_live_then_is_found(org: str, shard: int) -> None:
    last = max((e for e in moved().tables.events if e.org == org), key=lambda e: e.sequence)
    report = verify(lambda tables: restand(tables, last, shard))
    assert report["placed"].wrong == 1, report.as_dict()
    assert str(report["placed"].first).startswith(f"{org} · sequence {last.sequence}")
    wrong = {kind for kind, check in report.checks.items() if check.wrong}
    # What adds up several events has not applied one that stands where nobody has been.
    assert wrong - {"statements", "statement_lines", "usage_days"} == {"placed"}


def test_an_event_before_its_org_had_moved_is_found() -> None:
    def change(tables: Tables) -> None:
        late = {e for e in tables.events if e.type == "tenancy.OrgMoved" and "globex" in e.stream}
        (event,) = late
        again = [
            e._replace(recorded_us=e.recorded_us + 60 * MINUTE_US) if e == event else e
            for e in tables.events
        ]
        tables.events = again

    report = verify(change)
    assert report["placed"].wrong == 1


def test_an_event_that_was_added_to_another_shard_forks_the_chain() -> None:
    def change(tables: Tables) -> None:
        event = of(tables, "acme", 2)[-1]
        heads = {"acme": Head(event.sequence - 1, event.hash, 0)}
        (link,) = extend(heads, [Entry("acme", *event[3:10])])
        position = tables.shards[3] + 1
        tables.events.append(event._replace(position=position, hash=link.hash))
        tables.shards[3] = position

    tables = moved().tables.copy()
    tables.shards = dict(tables.shards)
    report = verify(change)
    assert report["forks"].wrong == 1


def test_a_row_for_analysts_beyond_the_end_of_any_shard_is_found() -> None:
    def change(tables: Tables) -> None:
        rows = tables.read_models["usage"]
        row = next(row for row in rows if shard_of(row[3]) == 2)
        stray = (row[0], row[1] + 900, *row[2:3], tables.shards[2] + 5, *row[4:])
        tables.read_models = {**tables.read_models, "usage": [*rows, stray]}

    assert verify(change)["usage"].wrong == 1


def test_a_follower_ahead_of_its_shard_is_named() -> None:
    def change(tables: Tables) -> None:
        tables.projected["transactions", 2] += 1

    assert verify(change)["progress"].wrong == 1
