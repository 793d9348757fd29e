"""An event that cannot be applied stops its org and no other; what waits is applied in order."""

from __future__ import annotations

import logging

import pytest

import adapters.postgres.read_models
from api.queries.operations import FollowerState
from ledger.credits.debits import UsageRecorded
from ledger.kernel.alarms import MARK, Alarm
from ledger.kernel.by_type import ByType
from projections.followers import FOLLOWERS
from projections.read_models import READ_MODELS
from tests.processes.projections.test_exactly_once import catch_up, stored
from tests.scenarios.commands import deposit, register, usage, use
from tests.tamper.stores import TestStore

HEADS = "SELECT org, name, sequence FROM tally.projection_heads WHERE parked_us IS NOT NULL"
POISON = "UPDATE tally.events SET body = '{\"no\":1}' WHERE org = 'acme' AND sequence = %s"
POISONED = 4
READING = sorted(
    name
    for name, model in READ_MODELS.items()
    if not isinstance(model.lines_of, ByType) or model.lines_of.knows(UsageRecorded)
)
"""The read models that are made of what the event should say."""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.postgres.read_models, "PAGE_EVENTS", 7)


def tell(store: TestStore, name: str) -> None:
    lines = [
        usage([use("0.01", id=f"{name} {org} {n}")], org=org)
        for n in range(5)
        for org in ("acme", "globex")
    ]
    store.run(lines)


@pytest.fixture
def poisoned(store: TestStore) -> tuple[TestStore, bytes]:
    """A store with an event that says nothing, and what it said."""
    for org in ("acme", "globex"):
        store.run([register(org), deposit("1", key="d", org=org)])
    tell(store, "first")
    store.unguard()
    query = "SELECT body FROM tally.events WHERE org = 'acme' AND sequence = %s"
    ((body,),) = store.rows(query, [POISONED])
    store.tamper(POISON.replace("%s", str(POISONED)))
    return store, body


def mend(store: TestStore, body: bytes) -> None:
    store.tamper(
        f"UPDATE tally.events SET body = '\\x{body.hex()}' "
        f"WHERE org = 'acme' AND sequence = {POISONED}"
    )


def states(store: TestStore) -> dict[str, FollowerState]:
    rows = store.rows("SELECT name, behind, behind_us, parked FROM tally.follower_state()")
    return {row[0]: FollowerState(*row) for row in rows}


def test_other_orgs_go_on_and_the_org_itself_after_a_repair(
    poisoned: tuple[TestStore, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    store, body = poisoned
    with caplog.at_level(logging.ERROR):
        catch_up(store)
    alarms = [line for line in caplog.records if getattr(line, MARK, None) is Alarm.ORG_SET_ASIDE]
    assert len(alarms) == len(READING), "once for each that is made of transactions"
    assert f"acme sequence {POISONED}" in alarms[0].getMessage()
    assert sorted(store.rows(HEADS)) == [("acme", name, POISONED - 1) for name in READING]
    parked = {name: state.parked for name, state in states(store).items() if state.parked}
    assert parked == dict.fromkeys(READING, 1)
    assert all(state.behind == 0 and state.behind_us is None for state in states(store).values())
    tell(store, "while it is set aside")
    catch_up(store)
    per_org = (
        "SELECT org, count(*), max(sequence) FROM tally.transactions GROUP BY org ORDER BY org"
    )
    before, globex = store.rows(per_org)
    assert before == ("acme", before[1], POISONED - 1)
    assert globex[1] == 11
    report = store.verify()
    assert report["transactions"].wrong == report["usage"].wrong == report["progress"].wrong == 0
    assert f"acme is set aside after sequence {POISONED - 1}" in str(report["usage"].reason)
    mend(store, body)
    tell(store, "after the repair")
    catch_up(store)
    assert store.rows(HEADS) == []
    assert [row[:2] for row in store.rows(per_org)] == [("acme", 16), ("globex", 16)]
    assert stored(store) == [(30, 30, 300_000)]
    assert store.verify().exit_code == 0
    heads = store.rows("SELECT name, count(*) FROM tally.projection_heads GROUP BY name")
    assert {name for name, count in heads if count >= 2} == set(FOLLOWERS)


def test_what_is_still_poison_stays_set_aside_and_is_said_once(
    poisoned: tuple[TestStore, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    store, _ = poisoned
    catch_up(store)
    caplog.clear()
    catch_up(store)
    assert {line.levelname for line in caplog.records} == {"WARNING"}
    assert len(caplog.records) == len(store.rows(HEADS)) == len(READING)
