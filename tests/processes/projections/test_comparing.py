"""`tally compare`: a difference in any copy is named, counted by org and day, and mended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.clickhouse.copies import ClickHouseCopy
from adapters.clickhouse.lazy_client import LazyClient
from api.container import StoreSnapshot
from api.verification.verify import bring_up
from ledger.credits.wallet_snapshot import EVERY
from projections.credits.usage import READ_MODEL as USAGE
from projections.followers import FOLLOWERS
from projections.ports import Applied
from tests.command_line import app
from tests.processes.projections.test_exactly_once import begin, catch_up, fill
from tests.tamper.stores import TestStore


@pytest.fixture
def told(store: TestStore, monkeypatch: pytest.MonkeyPatch) -> TestStore:
    monkeypatch.setenv("TALLY_DATABASE_URL", store.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", store.clickhouse_url)
    begin(store)
    fill(store, "many", EVERY)
    catch_up(store)
    return store


def compared(*options: str) -> tuple[int, Any]:
    done = CliRunner().invoke(app, ["compare", "--json", *options])
    assert done.stdout.startswith("{"), done.output
    return done.exit_code, json.loads(done.stdout)


def of(found: Any, name: str) -> Any:
    return next(check for check in found["checks"] if check["kind"] == name)


def test_every_copy_is_compared_and_equal(told: TestStore) -> None:
    code, found = compared()
    assert (code, found["days"], found["mended"]) == (0, [], 0)
    assert [check["kind"] for check in found["checks"]] == [*FOLLOWERS]
    counts = {name: of(found, name)["checked"] for name in FOLLOWERS}
    lines = 30 + EVERY
    assert (counts["transactions"], counts["usage"], counts["lots"]) == (lines + 1, lines, 1)
    assert counts["statements"] == counts["wallet_snapshots"] == 1
    said = CliRunner().invoke(app, ["compare"])
    assert "Every copy is as the events say" in said.output


def test_one_row_altered_and_one_deleted_are_named_and_mended(told: TestStore) -> None:
    told.analysts("ALTER TABLE usage UPDATE amount = amount + 7 WHERE sequence = 10")
    told.analysts("INSERT INTO usage (org, sequence, position) VALUES ('acme', 9999, 99999)")
    told.tamper("DELETE FROM tally.transactions WHERE sequence = 11")
    code, found = compared()
    assert code == 1
    assert of(found, "usage")["wrong"] == 2
    assert of(found, "usage")["first"]["sequence"] == 10
    assert "amount is 10007, the events say 10000" in of(found, "usage")["first"]["detail"]
    assert of(found, "transactions")["first"]["sequence"] == 11
    assert "missing" in of(found, "transactions")["first"]["detail"]
    days = {day["copy"]: day for day in found["days"]}
    assert days["usage"]["stored_sum"] == days["usage"]["right_sum"] + 7
    assert days["transactions"]["stored"] == days["transactions"]["right"] - 1
    assert {day["org"] for day in found["days"]} == {"acme"}
    code, found = compared("--repair")
    assert (code, found["mended"]) == (0, 3)
    assert told.verify().exit_code == 0
    rows = told.rows("SELECT count(*) FROM tally.transactions WHERE sequence = 11")
    assert rows == [(1,)]


def test_what_is_added_up_and_what_no_event_says_is_mended_too(told: TestStore) -> None:
    told.tamper(
        "UPDATE tally.statements SET closing = closing - 1",
        "DELETE FROM tally.usage_days",
        "INSERT INTO tally.holds (org, hold, status, sequence) VALUES ('ghost', 'x', 'open', 1)",
        "UPDATE tally.wallet_snapshots SET totals = '{}'",
        "INSERT INTO tally.lots SELECT 'ghost', 9, line, owner, asset, lot, kind, amount,"
        " effective_us, expires_us, priority, paid_amount, paid_currency, recorded_us"
        " FROM tally.lots LIMIT 1",
    )
    code, found = compared()
    assert code == 1
    wrong = {check["kind"] for check in found["checks"] if check["wrong"]}
    assert wrong == {"statements", "usage_days", "holds", "wallet_snapshots", "lots"}
    code, found = compared("--repair")
    assert (code, found["mended"]) == (0, 5)
    assert told.verify().exit_code == 0


def test_what_is_written_meanwhile_is_not_asked_of_the_copies(
    told: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bring_up_and_write(*given: Any) -> None:
        bring_up(*given)
        fill(told, "later")

    monkeypatch.setattr("api.comparison.compare.bring_up", bring_up_and_write)
    code, found = compared()
    assert (code, of(found, "usage")["checked"]) == (0, 30 + EVERY)


def test_rows_that_come_while_strays_are_looked_for_are_none(told: TestStore) -> None:
    """With --repair they would be taken out, although events say them."""

    def lasts_and_more() -> dict[int, int]:
        with StoreSnapshot(told.ends.database.writer) as now:
            lasts = now.last_positions()
        fill(told, "later")
        catch_up(told)
        return lasts

    copy = ClickHouseCopy(LazyClient(told.clickhouse_url), USAGE, Applied({}, {}), lasts_and_more)
    assert copy.strays() == []
    told.analysts("INSERT INTO usage (org, sequence, position) VALUES ('acme', 9999, 99999)")
    assert [row[:2] for row in copy.strays()] == [("acme", 9999)]
    copy.close()


def test_an_analysts_store_that_does_not_answer_is_no_success(
    told: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", "http://u:p@127.0.0.1:1/none")
    told.tamper("DELETE FROM tally.transactions WHERE sequence = 11")
    code, found = compared("--repair")
    assert code == 2
    assert of(found, "transactions")["wrong"] == 0
    assert "ClickHouse" in of(found, "usage")["reason"]
