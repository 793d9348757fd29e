"""Entries of the access log that were edited, moved, removed or added."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.access_log import COLUMNS, PostgresAccessLog, link_of
from api.access_log.attempts import Attempt
from api.access_log.recorder import AccessLog
from api.access_log.verification import verify_access_log
from api.container import clock_us
from ledger.access_log.log import extend_log
from ledger.kernel.chain import Head
from ledger.kernel.limits import FRESH_US
from ledger.kernel.report import Check, Report
from tests.sampling import every
from tests.scenarios.commands import deposit
from tests.tamper.stores import TestStore

PLACE = "WHERE org = 'acme' AND sequence = 3"
EDITS = {
    "recorded_us": "recorded_us + 1",
    "first_us": "first_us - 1",
    "last_us": "last_us + 1",
    "times": "times + 1",
    "code": "'unauthenticated'",
    "detail": "detail || '.'",
    "method": "'PUT'",
    "path": "'/'",
    "subject": "'eve'",
    "key_id": "'key_0'",
    "request_id": "''",
    "origin": "''",
    "hash": "set_byte(hash, 0, get_byte(hash, 0) # 1)",
    "sequence": "900",
}


def refuse(store: TestStore, org: str, count: int) -> None:
    """Have requests of an org refused, an entry each."""
    log = AccessLog(PostgresAccessLog(store.ends.database.writer), clock_us)
    log.start()
    for number in range(count):
        path = f"/v1/{number}"
        attempt = Attempt("forbidden", "no.", "GET", path, org, "mia", "key_1", "10.0.0.1", "curl")
        log.note(attempt, f"r{number}")
    log.close()


@pytest.fixture
def log(store: TestStore) -> TestStore:
    """A store without guards whose access logs hold something."""
    for org, count in (("acme", 6), ("globex", 3), ("zeta", 1)):
        refuse(store, org, count)
    assert found(store).wrong == 0
    return store


def found(store: TestStore) -> Check:
    report = Report()
    verify_access_log(report, store.ends.database.writer)
    check = report["access"]
    assert check.checked >= 10
    return check


def first(check: Check) -> tuple[str | None, int | None]:
    assert check.first is not None
    return check.first.place.org, check.first.place.sequence


@pytest.mark.parametrize("column", every(3, EDITS))
def test_an_edited_column_is_found_where_it_stands(log: TestStore, column: str) -> None:
    log.tamper(f"UPDATE tally.access_log SET {column} = {EDITS[column]} {PLACE}")
    check = found(log)
    expected = 4 if column == "sequence" else 3
    assert first(check) == ("acme", expected)
    if column not in ("sequence", "origin", "recorded_us"):
        assert check.wrong == 1


def test_an_entry_moved_to_another_org_is_found(log: TestStore) -> None:
    log.tamper(f"UPDATE tally.access_log SET org = 'eve' {PLACE}")
    assert first(found(log)) == ("acme", 4)


def test_a_removed_entry_is_found(log: TestStore) -> None:
    log.tamper(f"DELETE FROM tally.access_log {PLACE}")
    assert first(found(log)) == ("acme", 4)


def test_swapped_entries_are_found(log: TestStore) -> None:
    log.tamper(
        "ALTER TABLE tally.access_log DROP CONSTRAINT IF EXISTS access_log_pkey",
        "UPDATE tally.access_log SET sequence = 7 - sequence "
        "WHERE org = 'acme' AND sequence IN (3, 4)",
    )
    assert first(found(log)) == ("acme", 3)


def test_a_cut_tail_is_found_by_its_head(log: TestStore) -> None:
    log.tamper("DELETE FROM tally.access_log WHERE org = 'acme' AND sequence > 4")
    check = found(log)
    assert first(check) == ("acme", 4)
    assert "its head says sequence 7" in str(check.first)
    log.tamper("DELETE FROM tally.access_log WHERE org = 'zeta'")
    assert found(log).wrong == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tally.access_heads SET sequence = sequence + 1 WHERE org = 'globex'",
        "UPDATE tally.access_heads SET hash = '\\x00' WHERE org = 'globex'",
        "UPDATE tally.access_heads SET recorded_us = 1 WHERE org = 'globex'",
        "DELETE FROM tally.access_heads WHERE org = 'globex'",
    ],
)
def test_a_changed_head_is_found(log: TestStore, change: str) -> None:
    log.tamper(change)
    assert first(found(log)) == ("globex", 3)


def test_an_added_entry_is_found(log: TestStore) -> None:
    log.tamper(
        "INSERT INTO tally.access_log SELECT org, 7, recorded_us, first_us, last_us, times, code, "
        "detail, method, path, subject, key_id, request_id, origin, hash FROM tally.access_log "
        + PLACE
    )
    assert first(found(log)) == ("acme", 7)


def test_a_removed_origin_is_found_and_an_erased_one_is_not(log: TestStore) -> None:
    digest = "(SELECT origin FROM tally.access_log WHERE org = 'globex' LIMIT 1)"
    log.tamper(f"UPDATE tally.texts SET salt = NULL, content = NULL WHERE digest = {digest}")
    assert found(log).wrong == 0
    log.tamper(f"DELETE FROM tally.texts WHERE digest = {digest}")
    assert first(found(log))[0] == "globex"


def test_the_whole_verification_reports_it(log: TestStore) -> None:
    log.tamper(f"UPDATE tally.access_log SET times = 1000 {PLACE}")
    report = log.verify()
    assert report.exit_code == 1
    assert first(report["access"]) == ("acme", 3)
    assert report.wrong == report["access"].wrong == 1


def test_a_log_that_cannot_be_read_is_not_passed(log: TestStore) -> None:
    log.tamper("ALTER TABLE tally.access_log RENAME TO hidden")
    report = Report()
    verify_access_log(report, log.ends.database.writer)
    log.tamper("ALTER TABLE tally.hidden RENAME TO access_log")
    assert report.exit_code == 2
    assert report["access"].unchecked


@pytest.fixture
def signed_log(log: TestStore, tmp_path: Path) -> TestStore:
    """The same with its logs signed, and at a witness of its own."""
    folder = tmp_path / "sealed"
    shutil.copytree(Path(log.options.witnesses[0]).parent, folder)
    log.seal(folder)
    assert log.verify()["access"].wrong == 0
    return log


def rehash(log: TestStore, org: str) -> None:
    """Make the log of an org fit again after a change, as its owner can."""
    with psycopg.connect(log.owner) as connection:
        rows = connection.execute(
            f"SELECT {COLUMNS} FROM tally.access_log WHERE org = %s ORDER BY sequence", [org]
        ).fetchall()
        heads: dict[str, Head] = {}
        for link in extend_log(heads, [link_of(row).entry for row in rows]):
            connection.execute(
                "UPDATE tally.access_log SET hash = %s WHERE org = %s AND sequence = %s",
                [link.hash, org, link.sequence],
            )
        connection.execute(
            "UPDATE tally.access_heads SET sequence = %s, hash = %s, recorded_us = %s "
            "WHERE org = %s",
            [*heads[org], org],
        )


def test_a_log_hashed_anew_is_not_the_one_that_was_signed(signed_log: TestStore) -> None:
    signed_log.tamper(f"UPDATE tally.access_log SET times = times + 1 {PLACE}")
    rehash(signed_log, "acme")
    assert found(signed_log).wrong == 0  # it fits
    check = signed_log.verify()["access"]
    assert first(check) == ("acme", 7)
    assert "is not the one that was signed" in str(check.first)


def test_a_log_cut_with_its_head_ends_before_what_was_signed(signed_log: TestStore) -> None:
    signed_log.tamper("DELETE FROM tally.access_log WHERE org = 'acme' AND sequence > 4")
    rehash(signed_log, "acme")
    assert found(signed_log).wrong == 0
    check = signed_log.verify()["access"]
    assert first(check) == ("acme", 4)
    assert "it was signed up to 7" in str(check.first)


def test_only_a_witness_knows_when_the_checkpoints_are_gone_too(signed_log: TestStore) -> None:
    signed_log.tamper(
        "DELETE FROM tally.access_log WHERE org = 'acme'",
        "DELETE FROM tally.access_heads WHERE org = 'acme'",
        "DELETE FROM tally.checkpoints WHERE org = 'acme' AND access_sequence > 0",
    )
    check = signed_log.verify()["access"]
    assert first(check) == ("acme", 0)
    assert signed_log.options.witnesses[0] in str(check.first)


def test_old_entries_that_nobody_signed_are_not_passed(
    log: TestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.verification.verify.clock_us", lambda: clock_us() + 100 * FRESH_US)
    check = log.verify()["access"]
    assert check.unchecked > 3
    assert "has no signature from sequence" in str(check.reason)


def test_a_log_that_does_not_go_on_is_not_signed_any_further(signed_log: TestStore) -> None:
    signed_log.tamper(f"UPDATE tally.access_log SET times = times + 1 {PLACE}")
    rehash(signed_log, "acme")
    refuse(signed_log, "acme", 2)
    signed_log.run([deposit("1", key="events go on")])
    signed_log.seal(Path(signed_log.options.witnesses[0]).parent)
    newest = signed_log.rows(
        "SELECT access_sequence FROM tally.checkpoints WHERE org = 'acme' "
        "ORDER BY size DESC, access_sequence DESC LIMIT 1"
    )
    assert newest == [(7,)]
    assert "is not the one that was signed" in str(signed_log.verify()["access"].first)
