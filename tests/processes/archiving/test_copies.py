"""The copies of a ledger of which events are archived: what those said stays in them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from api.comparison.compare import compare_copies, repair_copies
from api.comparison.rebuild import rebuild_beside
from api.container import projections
from ledger.kernel.errors import Archived as EventsArchived
from projections.engine import Runner
from projections.read_models import READ_MODELS, SUMMARIES
from tests.processes.archiving.conftest import Archived
from tests.tamper.stores import TestStore

OF_TRANSACTIONS = ("statements", "statement_lines", "usage_days")
HEADS = "SELECT name, org, sequence FROM tally.projection_heads ORDER BY name, org"


@pytest.fixture
def store(archived: Archived) -> Iterator[TestStore]:
    """A copy that tests change."""
    copy = archived.store.copy()
    yield copy
    copy.drop()


def rows(store: TestStore, name: str) -> list[Any]:
    key = ", ".join(READ_MODELS[name].key)
    return store.rows(f"SELECT * FROM tally.{name} ORDER BY {key}")


def everything(store: TestStore) -> list[Any]:
    return [rows(store, name) for name in SUMMARIES] + [store.rows(HEADS)]


def test_they_are_compared_and_nothing_that_is_right_is_mended(store: TestStore) -> None:
    before = everything(store)
    found = repair_copies(store.ends, store.ends.database, None)
    wrong = {name: check.first for name, check in found.report.checks.items() if check.wrong}
    assert (wrong, found.mended) == ({}, 0)
    assert all(
        found.report[name].checked and not found.report[name].unchecked for name in SUMMARIES
    )
    assert everything(store) == before


def test_what_is_wrong_of_archived_events_is_found_and_mended(store: TestStore) -> None:
    before = everything(store)
    store.tamper(
        "UPDATE tally.statements SET opening = opening + 1",
        "DELETE FROM tally.statement_lines WHERE category = 'deposit'",
        "UPDATE tally.usage_days SET lines = lines - 1",
    )
    found = compare_copies(store.ends, None)
    assert all(found.report[name].wrong for name in OF_TRANSACTIONS)
    mended = repair_copies(store.ends, store.ends.database, None)
    assert mended.mended
    assert not any(check.wrong for check in mended.report.checks.values())
    assert everything(store) == before


@pytest.mark.parametrize("name", OF_TRANSACTIONS)
def test_they_are_rebuilt_with_them(store: TestStore, name: str) -> None:
    before = everything(store)
    store.tamper(f"DELETE FROM tally.{name}")
    rebuild_beside(name, store.ends, None)
    assert everything(store) == before


def test_what_cannot_be_made_of_transactions_is_not_rebuilt(store: TestStore) -> None:
    before = everything(store)
    with pytest.raises(EventsArchived, match="nothing was changed"):
        rebuild_beside("holds", store.ends, None)
    assert everything(store) == before


def test_one_that_begins_after_them_has_what_they_said(store: TestStore) -> None:
    before = everything(store)
    for name in OF_TRANSACTIONS:
        store.tamper(
            f"TRUNCATE tally.{name}",
            f"DELETE FROM tally.projections WHERE name = '{name}'",
            f"DELETE FROM tally.projection_heads WHERE name = '{name}'",
        )
    for follower in projections(store.ends, linger_s=0):
        Runner(follower, threading.Event()).catch_up()
    assert everything(store) == before
