"""An insert that ClickHouse says it did and did not is never confirmed: no hole in the table."""

from __future__ import annotations

import threading

import pytest

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from adapters.postgres.read_models import PostgresProjection
from api.verification.verify import verify
from ledger.kernel.errors import Unavailable
from projections.credits.usage import READ_MODEL as USAGE
from projections.engine import Runner
from projections.tables import Inserting
from tests.processes.projections.forgetful import forgetful
from tests.processes.projections.test_exactly_once import begin, catch_up, stored
from tests.tamper.stores import TestStore


def project(store: TestStore, url: str) -> None:
    progress = PostgresProjection(store.ends.database.writer, USAGE.name)
    table = ClickHouseTable(LazyClient(url), USAGE)
    try:
        Runner(Inserting(USAGE, progress, table, linger_s=0), threading.Event()).catch_up()
    finally:
        table.close()


def test_what_was_not_stored_is_not_confirmed(store: TestStore) -> None:
    begin(store)
    with forgetful(store.clickhouse_url) as (server, url):
        server.forgets = 2
        with pytest.raises(Unavailable, match="has not kept"):
            project(store, url)
        assert server.forgot == 2
        assert store.rows("SELECT position FROM tally.projections WHERE name = 'usage'") == [(0,)]
        assert stored(store) == [(0, 0, 0)]
        project(store, url)
    assert stored(store) == [(30, 30, 300_000)]
    assert verify(store.ends).exit_code == 0


def test_what_was_forgotten_once_is_sent_again(store: TestStore) -> None:
    begin(store)
    with forgetful(store.clickhouse_url) as (server, url):
        server.forgets = 1
        project(store, url)
    assert stored(store) == [(30, 30, 300_000)]


def test_rows_deleted_behind_a_known_token_are_written_again(store: TestStore) -> None:
    begin(store)
    catch_up(store)
    store.analysts("ALTER TABLE usage DELETE WHERE line >= 0 SETTINGS mutations_sync = 2")
    assert stored(store) == [(0, 0, 0)]
    store.tamper("UPDATE tally.projections SET position = 0")
    catch_up(store)
    assert stored(store) == [(30, 30, 300_000)]
