"""`tally rebuild`: what was changed in a read model is as the events say again."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.container import projections
from ledger.credits.wallet_snapshot import EVERY
from projections.engine import Runner
from projections.read_models import READ_MODELS
from tests.processes.projections.test_exactly_once import begin, catch_up, fill, stored
from tests.tamper.stores import TestStore

HEADS = "SELECT name, org, sequence FROM tally.projection_heads ORDER BY name, org"
POSITIONS = "SELECT name, position, planned FROM tally.projections ORDER BY name"


@pytest.fixture
def told(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> TestStore:
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    begin(store)
    catch_up(store)
    return store


def rebuild(name: str) -> Result:
    return CliRunner().invoke(app, ["rebuild", name])


def transactions(store: TestStore) -> list[Any]:
    return store.rows("SELECT * FROM tally.transactions ORDER BY org, sequence, line")


@pytest.mark.parametrize("name", READ_MODELS)
def test_what_was_changed_added_or_removed_is_mended(told: TestStore, name: str) -> None:
    before = transactions(told), stored(told), told.rows(HEADS), told.rows(POSITIONS)
    model = READ_MODELS[name]
    if model.for_analysts:
        number = "version" if name == "ledger_events" else "amount"
        told.analysts(
            f"ALTER TABLE {model.table} UPDATE {number} = {number} + 1 WHERE sequence % 2 = 0"
        )
        told.analysts(f"ALTER TABLE {model.table} DELETE WHERE sequence % 3 = 0")
        told.analysts(
            f"INSERT INTO {model.table} (org, sequence, position) VALUES ('acme', 999, 5)"
        )
    else:
        told.tamper(
            "UPDATE tally.transactions SET amount = amount + 1 WHERE sequence % 2 = 0",
            "DELETE FROM tally.transactions WHERE sequence % 3 = 0",
            "INSERT INTO tally.transactions SELECT org, 999, line, owner, user_id, asset, category,"
            " amount, balance_after, occurred_us, recorded_us, hash, detail"
            " FROM tally.transactions LIMIT 1",
        )
    told.tamper(
        f"INSERT INTO tally.projection_heads VALUES ('nobody', '{name}', 1) ON CONFLICT DO NOTHING"
    )
    assert told.verify()[name].wrong
    done = rebuild(name)
    assert done.exit_code == 0, done.output
    assert (transactions(told), stored(told), told.rows(HEADS), told.rows(POSITIONS)) == before
    assert told.verify().exit_code == 0


def test_what_is_no_row_of_an_event_is_rebuilt_too(told: TestStore) -> None:
    fill(told, "many", EVERY)
    catch_up(told)
    query = "SELECT * FROM tally.wallet_snapshots ORDER BY org, owner, asset, version"
    before = told.rows(query)
    assert before
    told.tamper("UPDATE tally.wallet_snapshots SET sequence = sequence + 1")
    assert told.verify()["wallet_snapshots"].wrong
    assert rebuild("wallet_snapshots").exit_code == 0
    assert told.rows(query) == before
    assert told.verify().exit_code == 0


def test_who_keeps_it_makes_it_again(told: TestStore) -> None:
    stop = threading.Event()
    threads = [
        threading.Thread(target=Runner(each, stop).run)
        for each in projections(told.ends, linger_s=0)
    ]
    for thread in threads:
        thread.start()
    fill(told, "while it is kept")
    for name in READ_MODELS:
        assert rebuild(name).exit_code == 0
    report = told.verify()
    stop.set()
    for thread in threads:
        thread.join()
    assert report.exit_code == 0
    assert stored(told) == [(60, 60, 600_000)]


def test_what_is_no_read_model_and_what_is_archived_is_refused(told: TestStore) -> None:
    before = transactions(told)
    refused = rebuild("wallets")
    assert refused.exit_code == 2
    assert "give one of transactions, usage, analysts_transactions, ledger_events, " in (
        refused.output
    )
    told.tamper("INSERT INTO tally.archives VALUES ('a', 1, 3, 3, 0, 1, 2, 'a', '\\x00', 1)")
    refused = rebuild("transactions")
    assert refused.exit_code == 2
    assert "position 3 are archived" in refused.output
    assert transactions(told) == before
