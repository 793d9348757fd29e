"""The contract of the ports that verification reads through, in memory and on real engines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from adapters.memory.snapshot import MemoryAnalystsRows, MemorySnapshot, Tables
from adapters.postgres.snapshot import PostgresSnapshot
from ledger.kernel.keys import Key
from ledger.kernel.texts import TextOwner
from ledger.proof.tiles import Tile
from ledger.verification.evidence import (
    Followed,
    FollowerHead,
    Scope,
    Span,
    TreeState,
)
from ledger.verification.stored_rows import decode_row
from projections.credits.usage import UsageRow
from projections.followers import FOLLOWERS
from projections.ports import AnalystsRows
from projections.read_models import ANALYSTS, READ_MODELS
from tests.tamper.matrix import subject
from tests.tamper.stores import TestStore
from tests.tamper.writing import write_tables

Opened = MemorySnapshot | PostgresSnapshot

PART = Scope(frozenset({"acme", "globex"}), {"acme": 20})


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The rows of a store with every kind of fact; one event stands twice."""
    tables = subject(5, 200)[0].tables.copy()
    tables.events = [*tables.events, tables.events[50]]
    return tables


@pytest.fixture(scope="module")
def written(open_store: TestStore, tables: Tables) -> Iterator[TestStore]:
    write_tables(open_store, tables)
    yield open_store
    open_store.restore()


@pytest.fixture(params=["memory", "postgres"])
def snapshot(request: pytest.FixtureRequest, tables: Tables) -> Iterator[Opened]:
    if request.param == "memory":
        yield MemorySnapshot(tables)
        return
    written: TestStore = request.getfixturevalue("written")
    with PostgresSnapshot(written.ends.database.writer) as opened:
        yield opened


@pytest.fixture(params=["memory", "clickhouse"])
def usage(request: pytest.FixtureRequest, tables: Tables) -> Iterator[AnalystsRows]:
    if request.param == "memory":
        yield MemoryAnalystsRows(tables, READ_MODELS["usage"])
        return
    table = ClickHouseTable(
        LazyClient(request.getfixturevalue("written").clickhouse_url), ANALYSTS["usage"]
    )
    yield table
    table.close()


def test_events_come_whole_and_by_position(snapshot: Opened, tables: Tables) -> None:
    read = [decode_row(row) for page in snapshot.rows(Scope()) for row in page]
    assert read == sorted(tables.events, key=lambda event: event.position)
    assert snapshot.last_positions() == {1: max(event.position for event in tables.events)}
    assert snapshot.shards() == sorted(tables.shards.items())


def test_a_part_is_some_orgs_after_some_sequence(snapshot: Opened, tables: Tables) -> None:
    read = [decode_row(row) for page in snapshot.rows(PART) for row in page]
    wanted = [
        event
        for event in sorted(tables.events, key=lambda event: event.position)
        if event.org == "globex" or (event.org == "acme" and event.sequence > 20)
    ]
    assert read == wanted
    heads = tables.heads
    assert snapshot.event_count(PART) == heads["acme"].sequence - 20 + heads["globex"].sequence


def test_events_that_stand_twice_are_both_found(snapshot: Opened, tables: Tables) -> None:
    twice = tables.events[-1]
    assert snapshot.events_of(twice.org, twice.sequence) == [twice, twice]
    assert not snapshot.is_archived(twice.org, twice.sequence)
    cards = [e for e in tables.events if (e.org, e.type) == ("acme", "rating.RateCardPublished")]
    assert snapshot.events_of_type("acme", "rating.RateCardPublished") == cards


def test_orgs_are_those_of_any_row(snapshot: Opened, tables: Tables) -> None:
    assert snapshot.orgs() == sorted({event.org for event in tables.events})
    assert dict(snapshot.heads()) == tables.heads


def test_seals_are_found_by_size_and_place(snapshot: Opened, tables: Tables) -> None:
    sizes = sorted(row.size for row in tables.checkpoints if row.org == "acme")
    span = Span("acme", sizes[1], sizes[3])
    assert [row.size for row in snapshot.checkpoints([span])] == sizes[2:4]
    assert set(snapshot.checkpoints([span])) < set(tables.checkpoints)
    size = tables.heads["acme"].sequence
    newest = max(row for row in tables.checkpoints if row.org == "acme")
    state = TreeState("acme", *tables.trees["acme"], newest.size, newest.sealed_us)
    assert state in snapshot.trees()
    assert state.size == size
    wanted = [("acme", Tile(0, 0)), ("acme", Tile(7, 7))]
    assert snapshot.tiles(wanted) == {wanted[0]: tables.tiles["acme", Tile(0, 0)]}
    assert ("acme", 0, size) in list(snapshot.tile_hashes())


def test_keys_are_found_and_listed(snapshot: Opened, tables: Tables) -> None:
    wanted = tables.keys[3]
    assert snapshot.keys([wanted.key, Key("acme", "usage", "none")]) == [wanted]
    assert sorted(snapshot.all_keys(Scope())) == sorted(tables.keys)
    of_part = [row for row in tables.keys if row.key.org in ("acme", "globex")]
    assert sorted(snapshot.all_keys(PART)) == sorted(of_part)


def test_rows_beside_the_events(snapshot: Opened, tables: Tables) -> None:
    assert sorted(snapshot.balances()) == sorted(tables.balances)
    assert sorted(snapshot.counters()) == sorted(tables.counters)
    assert sorted(snapshot.meters()) == sorted(tables.meters)
    assert Counter(map(repr, snapshot.texts())) == Counter(map(repr, tables.texts))
    for name, rows in tables.declared.items():
        found = sorted(map(dict, snapshot.declared(name)), key=_named)
        assert found == sorted(rows, key=_named)
    assert tables.erased
    erased = {(org, text.digest): TextOwner(text.kind, text.person) for org, text in tables.erased}
    assert sorted(snapshot.erased_texts()) == sorted(erased)
    assert snapshot.text_owners(erased) == erased
    org, text = tables.texts[0]
    owner = TextOwner(text.kind, text.person)
    assert snapshot.text_owners([(org, text.digest), (org, "none")]) == {(org, text.digest): owner}


def test_the_read_model(snapshot: Opened, tables: Tables) -> None:
    model = READ_MODELS["transactions"]
    rows = tables.read_models["transactions"]
    wanted = [row for row in rows if row[0] == "acme" and 5 < row[1] <= 60]
    assert snapshot.model_rows(model, [Span("acme", 5, 60)]) == sorted(wanted)
    assert snapshot.projected("transactions") == {1: tables.projected["transactions", 1]}
    assert snapshot.projected("none") == {}
    assert snapshot.stray_row(model, Scope()) is None


def test_who_follows_the_events(snapshot: Opened, tables: Tables) -> None:
    assert snapshot.followers() == [
        Followed(name, position, None) for (name, _), position in sorted(tables.projected.items())
    ]
    assert snapshot.wrong_follower_heads(FOLLOWERS) == []
    right = tables.follower_heads["acme", "usage"]
    assert snapshot.wrong_follower_heads(["transactions"]) == [
        FollowerHead(org, name, sequence, None)
        for (org, name), sequence in sorted(tables.follower_heads.items())
        if name != "transactions"
    ]
    assert right == tables.heads["acme"].sequence
    assert snapshot.deliveries() == sorted(tables.deliveries.items())
    assert snapshot.last_sealed_us() == max(row.sealed_us for row in tables.checkpoints)


def test_usage_rows_by_position(usage: AnalystsRows, tables: Tables) -> None:
    in_order = sorted(map(UsageRow._make, tables.read_models["usage"]), key=_by_position)
    assert usage.span(-1, 10_000, None) == in_order
    middle = in_order[len(in_order) // 2]
    assert usage.span(middle.position - 1, middle.position, [middle.org])[0][0] == middle.org
    assert usage.span(middle.position - 1, middle.position, ["none"]) == []
    assert usage.at(middle.org, middle.sequence, middle.line) == [middle]
    assert usage.last_positions() == {1: in_order[-1].position}
    assert usage.beyond(in_order[-1].position - 1, limit=1)[0][3] == in_order[-1].position
    assert usage.orgs() == sorted({row.org for row in in_order})


def _by_position(row: UsageRow) -> tuple[int, int]:
    return row.position, row.line


def _named(row: dict[str, object]) -> str:
    return json.dumps(row, sort_keys=True, default=repr)
