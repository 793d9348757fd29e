"""A connection lost during COMMIT: `is_committed` says exactly whether the batch applied."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from adapters.postgres import arrays
from adapters.postgres.append import APPEND, parameters
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.event_store import PostgresEventStore
from ledger.kernel.chain import Head
from ledger.ports import Batch, OutcomeUnknown
from tests.contracts.stores import append_to, batch_of, entry

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def event_store(database: DatabaseUrls) -> Iterator[PostgresEventStore]:
    event_store = PostgresEventStore(database.writer, name="victim")
    yield event_store
    event_store.close()


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[Connection]:
    with psycopg.connect(database.owner, autocommit=True) as connection:
        yield connection


def terminate(owner: Connection) -> None:
    """Kill the event store's backend as soon as it waits for a lock."""
    for _ in range(500):
        found = owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND application_name = 'tallystick victim' AND datname = current_database()"
        ).fetchall()
        if found:
            return
        time.sleep(0.01)
    raise AssertionError("the append never waited")


def test_killed_while_it_waits_and_so_not_applied(
    event_store: PostgresEventStore, owner: Connection, database: DatabaseUrls
) -> None:
    append_to(event_store, [entry("killed", "s")])
    heads, _ = event_store.look_up(["killed"], [])
    batch = batch_of(heads, [entry("killed", "s", 2)])
    killer = threading.Thread(target=terminate, args=[owner])
    with psycopg.connect(database.owner) as blocker:
        blocker.execute("SELECT FROM tally.shard FOR UPDATE")
        killer.start()
        with pytest.raises(OutcomeUnknown):
            event_store.append(batch)
        killer.join()
    assert not event_store.is_committed(batch)
    event_store.append(batch)
    assert event_store.is_committed(batch)


def start_append(database: DatabaseUrls, batch: Batch) -> Connection:
    """An append that has written everything and not committed: a dead connection's backend."""
    backend = psycopg.connect(database.writer)
    arrays.register(backend)
    backend.execute(APPEND, parameters(batch), binary=True)
    return backend


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("is_first", [True, False], ids=["first event", "later event"])
def test_holds_waits_for_a_transaction_that_still_runs(
    event_store: PostgresEventStore, database: DatabaseUrls, commits: bool, is_first: bool
) -> None:
    org = f"slow-{commits}-{is_first}".lower()
    heads: dict[str, Head] = {}
    if not is_first:
        append_to(event_store, [entry(org, "s")])
        heads, _ = event_store.look_up([org], [])
    batch = batch_of(heads, [entry(org, "s", 2)])

    backend = start_append(database, batch)
    answer: list[bool] = []
    asking = threading.Thread(target=lambda: answer.append(event_store.is_committed(batch)))
    asking.start()
    time.sleep(0.3)
    assert answer == [], "it answered before the outcome was known"
    (backend.commit if commits else backend.rollback)()
    backend.close()
    asking.join(timeout=60)
    assert answer == [commits]
    assert set(event_store.look_up([org], [])[0]) == ({org} if commits or not is_first else set())


def test_killed_between_commit_and_answer(
    event_store: PostgresEventStore, database: DatabaseUrls
) -> None:
    batch = batch_of({}, [entry("unheard", "s")])
    backend = start_append(database, batch)
    backend.commit()
    backend.close()
    assert event_store.is_committed(batch)
