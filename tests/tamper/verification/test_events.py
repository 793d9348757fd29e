"""Events that were edited, moved, removed or doubled."""

from __future__ import annotations

import pytest

from ledger.kernel.report import Report
from tests.sampling import every
from tests.tamper.stores import StoredPlace, TestStore

EDITS = {
    "body": "set_byte(body, 12, get_byte(body, 12) # 1)",
    "actor": "replace(actor, 'gateway', 'gatewaz')",
    "idempotency_key": "'forged'",
    "type": "'credits.CreditsGranted'",
    "stream": "'wallet/credit/eve'",
    "version": "version + 1000",
    "recorded_us": "recorded_us + 1",
    "hash": "set_byte(hash, 0, get_byte(hash, 0) # 1)",
}


def first(report: Report, kind: str) -> tuple[str | None, int | None]:
    """Where the first wrong row of a kind stands."""
    assert report.exit_code == 1
    found = report[kind].first
    assert found is not None, report.as_dict()
    return found.place.org, found.place.sequence


def test_untouched_store_verifies(store: TestStore) -> None:
    report = store.verify()
    assert report.exit_code == 0, report.as_dict()
    never = {kind for kind, check in report.checks.items() if not check.checked}
    # Nothing has left, and no document was made.
    assert never == {"archives", "snapshots", "documents"}, report.as_dict()
    assert report["wallet_snapshots"].checked == 1
    assert report.events >= 55
    assert all(head.as_recorded for head in report.heads)


@pytest.mark.parametrize("column", every(3, EDITS))
def test_edited_column_is_one_wrong_hash(
    store: TestStore, target: StoredPlace, column: str
) -> None:
    store.tamper(
        f"UPDATE tally.events SET {column} = {EDITS[column]} WHERE position = {target.position}"
    )
    report = store.verify()
    assert first(report, "hashes") == (target.org, target.sequence)
    assert report["hashes"].wrong == 1
    assert report["links"].wrong == report["sequences"].wrong == 0


def test_deleted_event_is_named(store: TestStore, target: StoredPlace) -> None:
    store.tamper(f"DELETE FROM tally.events WHERE position = {target.position}")
    report = store.verify()
    assert first(report, "sequences") == (target.org, target.sequence)
    assert first(report, "links") == (target.org, target.sequence + 1)
    assert f"positions {target.position} to {target.position}" in str(report["positions"].first)


def test_swapped_positions_are_named(store: TestStore, target: StoredPlace) -> None:
    a, b = target.position, target.position + 1
    store.tamper(
        f"UPDATE tally.events SET position = {a} + {b} - position WHERE position IN ({a}, {b})"
    )
    report = store.verify()
    assert first(report, "sequences") == (target.org, target.sequence)


def test_swapped_content_is_named(store: TestStore, target: StoredPlace) -> None:
    a, b = target.position, target.position + 1
    store.tamper(
        "UPDATE tally.events e SET body = o.body, hash = o.hash, version = o.version "
        f"FROM tally.events o WHERE e.position IN ({a}, {b}) "
        f"AND o.position = {a} + {b} - e.position"
    )
    report = store.verify()
    assert first(report, "hashes") == (target.org, target.sequence)
    assert first(report, "versions") == (target.org, target.sequence)


def test_moved_to_another_org_is_named(store: TestStore, target: StoredPlace) -> None:
    store.tamper(f"UPDATE tally.events SET org = 'globex' WHERE position = {target.position}")
    report = store.verify()
    assert first(report, "sequences")[0] in ("acme", "globex")
    assert report["links"].wrong
    assert ("acme", target.sequence) in places_of(report)


def test_changed_sequence_is_named(store: TestStore, target: StoredPlace) -> None:
    store.tamper(f"UPDATE tally.events SET sequence = 9999 WHERE position = {target.position}")
    assert first(store.verify(), "sequences") == (target.org, target.sequence)


def test_doubled_event_is_named(store: TestStore, target: StoredPlace) -> None:
    store.tamper(
        f"INSERT INTO tally.events SELECT * FROM tally.events WHERE position = {target.position}"
    )
    report = store.verify()
    assert first(report, "sequences") == (target.org, target.sequence)
    assert first(report, "positions") == (target.org, target.sequence)


def test_cut_tail_is_named(store: TestStore) -> None:
    ((org, sequence, last),) = store.rows(
        "SELECT org, sequence, position FROM tally.events ORDER BY position DESC OFFSET 3 LIMIT 1"
    )
    store.tamper(f"DELETE FROM tally.events WHERE position > {last}")
    report = store.verify()
    assert first(report, "heads") == (org, sequence)
    assert "the head says sequence" in str(report["heads"].first)
    assert f"positions up to {last + 3}" in str(report["positions"].first)
    for kind in ("keys", "balances", "accounts", "transactions", "usage"):
        assert report[kind].wrong, kind


def test_cut_tail_with_its_heads_is_found_in_what_it_left(store: TestStore) -> None:
    # Someone who also cuts the keys, balances and read models to fit leaves nothing to find here:
    # that takes a signed checkpoint kept elsewhere.
    ((last,),) = store.rows("SELECT max(position) - 3 FROM tally.events")
    store.tamper(
        f"DELETE FROM tally.events WHERE position > {last}",
        "UPDATE tally.heads h SET (sequence, hash, recorded_us) = (SELECT e.sequence, e.hash, "
        "e.recorded_us FROM tally.events e WHERE e.org = h.org ORDER BY e.sequence DESC LIMIT 1)",
        f"UPDATE tally.shard SET position = {last}",
    )
    report = store.verify()
    assert report["heads"].wrong == report["positions"].wrong == report["hashes"].wrong == 0
    for kind in ("keys", "balances", "transactions", "usage"):
        assert report[kind].wrong, kind


@pytest.mark.parametrize("column", every(3, ["sequence", "hash", "recorded_us"]))
def test_changed_head_is_named(store: TestStore, column: str) -> None:
    value = "set_byte(hash, 5, get_byte(hash, 5) # 1)" if column == "hash" else f"{column} + 1"
    store.tamper(f"UPDATE tally.heads SET {column} = {value} WHERE org = 'globex'")
    report = store.verify()
    assert first(report, "heads")[0] == "globex"
    assert column in str(report["heads"].first)


def test_deleted_head_is_named(store: TestStore) -> None:
    store.tamper("DELETE FROM tally.heads WHERE org = 'globex'")
    assert first(store.verify(), "heads")[0] == "globex"


def test_rehashed_garbage_is_never_passed(store: TestStore, target: StoredPlace) -> None:
    """A body that is no JSON at all: found by its hash, and no traceback."""
    store.tamper(
        f"UPDATE tally.events SET body = '\\x00ff', actor = '' WHERE position = {target.position}"
    )
    report = store.verify()
    assert first(report, "hashes") == (target.org, target.sequence)
    assert first(report, "facts") == (target.org, target.sequence)
    assert report["transactions"].unchecked
    assert report["usage"].unchecked


def test_type_of_another_program_is_not_imported(store: TestStore, target: StoredPlace) -> None:
    store.tamper(
        f"UPDATE tally.events SET type = 'antigravity:geohash' WHERE position = {target.position}"
    )
    report = store.verify()
    assert first(report, "hashes") == (target.org, target.sequence)
    assert report["facts"].unchecked == 1


def places_of(report: Report) -> set[tuple[str | None, int | None]]:
    """The place of every first finding."""
    firsts = [check.first for check in report.checks.values() if check.first]
    return {(each.place.org, each.place.sequence) for each in firsts}
