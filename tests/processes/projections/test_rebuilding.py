"""`tally rebuild`: what was changed in a read model is as the events say again, beside the live
one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters.postgres.rebuilding import Rebuilding, TableBeside
from api.comparison.rebuild import rebuild_beside
from api.container import projections
from ledger.credits.wallet_snapshot import EVERY
from ledger.ports import RecordedEvent
from projections.engine import Runner
from projections.ports import Beside
from projections.read_models import READ_MODELS
from tests.command_line import app
from tests.processes.projections.test_exactly_once import begin, catch_up, fill, stored
from tests.tamper.stores import TestStore

HEADS = "SELECT name, org, sequence FROM tally.projection_heads ORDER BY name, org"
POSITIONS = "SELECT name, position, planned FROM tally.projections ORDER BY name"
CHANGED = {
    "transactions": "UPDATE tally.transactions SET amount = amount + 1 WHERE sequence % 2 = 0",
    "statements": "UPDATE tally.statements SET came_in = came_in + 1",
    "usage_days": "UPDATE tally.usage_days SET lines = 7",
    "lots": "UPDATE tally.lots SET kind = 'free'",
}
"""One of each kind, and what is done to it."""


@pytest.fixture
def told(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> TestStore:
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    begin(store)
    catch_up(store)
    return store


def rebuild(name: str) -> Result:
    return CliRunner().invoke(app, ["rebuild", name])


def rows(store: TestStore, name: str) -> list[Any]:
    key = ", ".join(READ_MODELS[name].key)
    return store.rows(f"SELECT * FROM tally.{name} ORDER BY {key}")


def test_what_was_changed_added_or_removed_is_mended(told: TestStore) -> None:
    names = [*CHANGED, "usage"]
    before = [rows(told, name) for name in CHANGED], stored(told)
    places = told.rows(HEADS), told.rows(POSITIONS)
    told.analysts("ALTER TABLE usage UPDATE amount = amount + 1 WHERE sequence % 2 = 0")
    told.analysts("ALTER TABLE usage DELETE WHERE sequence % 3 = 0")
    told.analysts("INSERT INTO usage (org, sequence, position) VALUES ('acme', 999, 5)")
    told.tamper(
        *CHANGED.values(),
        "DELETE FROM tally.transactions WHERE sequence % 3 = 0",
        "INSERT INTO tally.transactions SELECT org, 999, line, owner, user_id, asset, category,"
        " amount, balance_after, occurred_us, recorded_us, hash, detail"
        " FROM tally.transactions LIMIT 1",
        *(f"INSERT INTO tally.projection_heads VALUES ('nobody', '{name}', 1)" for name in names),
    )
    report = told.verify()
    assert all(report[name].wrong for name in names)
    for name in names:
        done = rebuild(name)
        assert done.exit_code == 0, done.output
        assert f"{name} is rebuilt" in done.output
    assert ([rows(told, name) for name in CHANGED], stored(told)) == before
    assert (told.rows(HEADS), told.rows(POSITIONS)) == places
    assert told.verify().exit_code == 0
    assert "of which 0 differed" in rebuild("lots").output


def test_it_stands_beside_the_live_one_until_it_takes_its_place(
    told: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    whole = told.rows("SELECT count(*) FROM tally.transactions")

    class Watched(TableBeside):
        def swap(self) -> int:
            seen.append(told.rows("SELECT count(*) FROM tally.transactions")[0][0])
            return super().swap()

    def fill_more(self: Rebuilding, beside: Beside, events: Sequence[RecordedEvent]) -> None:
        filled(self, beside, events)
        if not seen and len(events) > 1:
            fill(told, f"meanwhile {len(events)}", 5)

    filled = Rebuilding.fill
    monkeypatch.setattr(Rebuilding, "fill", fill_more)
    monkeypatch.setattr("api.container.followers.TableBeside", Watched)
    told.tamper("UPDATE tally.transactions SET amount = 0 WHERE sequence = 5")
    rebuilt = rebuild_beside("transactions", told.ends, None)
    assert seen == [whole[0][0]], "nothing was taken out before"
    assert rebuilt.differed == 1 + rebuilt.rows - whole[0][0]
    assert rebuilt.rows > whole[0][0]
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
        threading.Thread(target=Runner(each, stop).run, daemon=True)
        for each in projections(told.ends, linger_s=0)
    ]
    for thread in threads:
        thread.start()
    try:
        fill(told, "while it is kept")
        done = [rebuild(name) for name in ("transactions", "usage", "usage_days")]
        report = told.verify()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [each.exit_code for each in done] == [0, 0, 0], [each.output for each in done]
    assert report.exit_code == 0, report.as_dict()
    assert stored(told) == [(60, 60, 600_000)]


def test_what_is_no_read_model_and_what_is_archived_is_refused(told: TestStore) -> None:
    before = rows(told, "transactions")
    refused = rebuild("wallets")
    assert refused.exit_code == 2
    assert "give one of " in refused.output
    assert "transactions, usage" in refused.output
    told.tamper("INSERT INTO tally.archives VALUES ('a', 1, 3, 3, 0, 1, 2, 'a', '\\x00', 1)")
    refused = rebuild("transactions")
    assert refused.exit_code == 2
    assert "position 3 are archived" in refused.output
    assert rows(told, "transactions") == before
