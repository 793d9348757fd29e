"""What several processes find of a store is what one finds, however they share the work."""

from __future__ import annotations

from typing import Any

import pytest

from api.verification import parallel
from ledger.kernel.report import Report
from tests.tamper.stores import StoredPlace, TestStore
from tests.tamper.verification.test_events import EDITS
from tests.tamper.verification.test_rows import CHANGES

SOME = ("accounts", "due deleted", "shard")


def said(report: Report) -> dict[str, Any]:
    """All that a report says, but how long it took."""
    return {**report.as_dict(), "seconds": 0, "checks": sorted(map(str, report.checks.values()))}


@pytest.mark.parametrize("column", ["", "body", "hash"])
def test_one_org_is_verified_by_several_processes_as_by_one(
    store: TestStore, target: StoredPlace, column: str
) -> None:
    if column:
        where = f"WHERE position = {target.position}"
        store.tamper(f"UPDATE tally.events SET {column} = {EDITS[column]} {where}")
    alone = store.verify(org=target.org)
    assert alone.exit_code == bool(column)
    assert said(store.verify(org=target.org, jobs=2)) == said(alone)


@pytest.mark.parametrize("row", SOME)
def test_a_store_is_verified_by_aspects_as_in_one_pass(
    store: TestStore, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(parallel, "UNEVEN", 0)
    kind, change = CHANGES[row]
    store.tamper(change)
    report = store.verify(jobs=2)
    assert report[kind].wrong
    assert said(report) == said(store.verify())
