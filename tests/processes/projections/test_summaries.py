"""Summaries add up to what the events say, page by page, whoever is killed, and are compared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import adapters.postgres.read_models
from adapters.postgres.read_models import PostgresReadModel
from adapters.postgres.snapshot import PostgresSnapshot
from api.container import projections
from ledger.verification.evidence import WHOLE
from ledger.verification.stored_rows import decode_row
from projections.credits.holds import HoldRow
from projections.credits.usage_days import READ_MODEL as USAGE_DAYS
from projections.engine import Runner
from projections.read_models import READ_MODELS, SUMMARIES
from projections.tables import Storing
from tests.processes.projections.test_exactly_once import catch_up
from tests.scenarios.commands import deposit, register, usage, use
from tests.scenarios.invoice_commands import settings
from tests.scenarios.purchase_commands import (
    disputed,
    evidence,
    opened,
    paid,
    recharge,
    refund,
    refunded,
    start,
)
from tests.scenarios.purchase_commands import told as hears
from tests.scenarios.subscription_commands import publish_plan, subscribe
from tests.scenarios.wallet_commands import HOUR, capture, extend, place, release
from tests.tamper.sold import sold
from tests.tamper.stocked import stocked
from tests.tamper.stores import TestStore

ADDED = "INSERT INTO tally.holds (org, hold, status, sequence) VALUES ('acme', 'x', 'open', 1)"


class Killed(BaseException):
    """Stands for the end of the process."""


class Dying(PostgresReadModel):
    """The real table; its process dies after the second page."""

    pages = 0

    def apply(self, *arguments: Any) -> Any:
        moved = super().apply(*arguments)
        self.pages += 1
        if self.pages == 2:
            raise Killed
        return moved


@pytest.fixture(scope="module")
def told(engines: Any) -> Iterator[TestStore]:
    """Two orgs that use, hold and release, read in small pages."""
    store = TestStore.new(engines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapters.postgres.read_models, "PAGE_EVENTS", 5)
        for org in ("acme", "globex"):
            store.run([register(org), deposit("5", key="d", org=org)])
            for day in ("2026-02-03", "2026-02-04"):
                lines = [
                    use("0.01", id=f"{day} {n}", user=user, occurred=f"{day}T23:59:59Z", model="m")
                    for n, user in enumerate(("ada", "bo", "ada"))
                ]
                store.run([deposit("1", key=f"bo {day}", user="bo", org=org)])
                store.run([usage([line], org=org) for line in lines])
        store.run([place("1", id="a", service="chat"), place("1", id="b"), place("1", id="c")])
        store.run([extend(2 * HOUR, id="a"), capture("0.25", id="a"), release("b")])
        _buy(store)
        store.run([*sold(), *stocked()])
        catch_up(store)
        yield store
    store.drop()


def _buy(store: TestStore) -> None:
    """A purchase of which a part goes back, one that is disputed, and one that a rule begins."""
    far = "2036-01-01T00:00:00Z"
    store.run([start(expires=far), opened(), hears(paid()), refund(300)])
    store.run([hears(refunded(300, asked="rf")), hears(refunded(5, "failed", number="re_2"))])
    store.run([start(id="q", expires=far), hears(paid(payment="pi_2"), id="q")])
    store.run([hears(disputed(), id="q"), evidence(id="q"), hears(disputed("won"), id="q")])
    store.run([recharge(user="kim")])
    store.run([publish_plan(key="plan"), settings(), subscribe("basic", user="kim")])


def right(store: TestStore, name: str) -> list[Any]:
    with PostgresSnapshot(store.ends.database.writer) as snapshot:
        events = [decode_row(row) for page in snapshot.rows(WHOLE) for row in page]
    return sorted(map(tuple, READ_MODELS[name].rows(events)), key=repr)


def stored(store: TestStore, name: str) -> list[Any]:
    columns = ", ".join(READ_MODELS[name].columns)
    return sorted(store.rows(f"SELECT {columns} FROM tally.{name}"), key=repr)


def test_a_page_at_a_time_they_come_to_what_all_events_say_at_once(told: TestStore) -> None:
    for name in SUMMARIES:
        key = len(READ_MODELS[name].key)
        whole = {row[:key]: row for row in right(told, name)}
        found = {row[:key]: row for row in stored(told, name)}
        assert found == whole, name
        assert found, name
    assert told.verify().exit_code == 0


def test_a_hold_has_its_end_and_a_day_its_members(told: TestStore) -> None:
    rows = [HoldRow(*row) for row in stored(told, "holds")]
    assert [(row.hold, row.status, row.charged) for row in rows] == [
        ("a", "captured", 250_000_000 // 1000),
        ("b", "released", None),
        ("c", "open", None),
    ]
    assert rows[0].service == "chat"
    query = "SELECT day, user_id, lines, amount FROM tally.usage_days WHERE org = 'globex'"
    assert sorted(told.rows(query)) == [
        ("2026-02-03", "ada", 2, 20_000),
        ("2026-02-03", "bo", 1, 10_000),
        ("2026-02-04", "ada", 2, 20_000),
        ("2026-02-04", "bo", 1, 10_000),
    ]


def test_killed_between_pages_nothing_is_added_twice(told: TestStore) -> None:
    before = stored(told, USAGE_DAYS.name)
    told.tamper("UPDATE tally.projections SET position = 0 WHERE name = 'usage_days'")
    dying = Dying(told.ends.database.writer, USAGE_DAYS)
    with pytest.raises(Killed):
        Runner(Storing(USAGE_DAYS, dying), threading.Event()).catch_up()
    assert stored(told, USAGE_DAYS.name) != before
    catch_up(told)
    assert stored(told, USAGE_DAYS.name) == before


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("statements", "UPDATE tally.statements SET closing = closing + 1", "closing is"),
        ("statement_lines", "DELETE FROM tally.statement_lines WHERE is_in", "missing"),
        ("usage_days", "UPDATE tally.usage_days SET amount = amount - 1", "amount is"),
        ("holds", ADDED, "added"),
    ],
)
def test_what_was_changed_is_named(told: TestStore, name: str, change: str, said: str) -> None:
    told.tamper(change)
    check = told.verify()[name]
    assert check.wrong
    assert said in str(check.first)
    told.tamper(
        f"TRUNCATE tally.{name}", f"UPDATE tally.projections SET position = 0 WHERE name = '{name}'"
    )
    for follower in projections(told.ends, linger_s=0):
        Runner(follower, threading.Event()).catch_up()
    assert told.verify().exit_code == 0
