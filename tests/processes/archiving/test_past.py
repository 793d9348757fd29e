"""What was, after its events left with an archive: the right answer, or that it is archived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.archive import Archives
from adapters.embedded import EngineUrls
from ledger.credits.wallet_snapshot import EVERY
from ledger.kernel.times import format_time
from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, served
from tests.scenarios.commands import deposit, register, usage, use
from tests.scenarios.wallet_commands import place
from tests.tamper.archived import archive_until, cut
from tests.tamper.stores import TestStore

BALANCE, STATEMENT = "/v1/billing/balance", "/v1/billing/statement"
LEFT = EVERY + EVERY // 2
"""Where the archive ends: between two snapshots."""

HOLD = "hold_0123456789abcdef01234567"


@pytest.fixture(scope="module")
def archived(engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStore]:
    """A wallet of 1,250 events and more, the first 750 of them in an archive."""
    store = TestStore.new(engines)
    cut(store, [LEFT])
    store.run([register("acme"), deposit("1", key="d"), place("0.1", id=HOLD)])
    store.run([usage([use("0.0001", id=f"u {n}")]) for n in range(2 * EVERY + EVERY // 2)])
    assert store.verify().wrong == 0
    archives = Archives(str(tmp_path_factory.mktemp("archives")), make=True)
    assert archive_until(store, archives, LEFT, drop=True) == 1
    store.options = replace(store.options, archives=archives)
    yield store
    store.drop()


@pytest.fixture
def operator(archived: TestStore) -> Iterator[Api]:
    with served(archived.ends, read_models=False) as service:
        yield service.as_holder_of(OPERATOR_KEY, x_org="acme")


def places(store: TestStore) -> dict[int, tuple[int, int]]:
    """Version of the wallet's events in the table → sequence and time."""
    rows = store.rows(
        "SELECT version, sequence, recorded_us FROM tally.events "
        "WHERE stream = 'wallet/credit/ada' ORDER BY version"
    )
    return {version: (sequence, at_us) for version, sequence, at_us in rows}


def test_the_past_after_the_first_snapshot_after_an_archive_is_answered(
    archived: TestStore, operator: Api
) -> None:
    known = places(archived)
    last = max(known)
    now = operator.balance("ada")
    assert operator.balance("ada", as_of=known[last][0]) == now
    for version in (2 * EVERY, 2 * EVERY + 1, last - 1):
        then = operator.balance("ada", as_of=known[version][0])
        left = float(now["available"]) + 0.0001 * (last - version)
        assert float(then["available"]) == pytest.approx(left)


def test_the_past_among_archived_events_or_too_near_is_said_to_be_archived(
    archived: TestStore, operator: Api
) -> None:
    known = places(archived)
    near = known[2 * EVERY - 1][0]
    first_us = min(at_us for _, at_us in known.values())
    for as_of in (2, 600, near, format_time(first_us - 1)):
        problem(operator.get(BALANCE, user="ada", as_of=as_of), 404, "not_found", "as_of")
    month = format_time(first_us)[:7]
    before = operator.get(STATEMENT, user="ada", period=month, as_of=format_time(first_us - 1))
    problem(before, 404, "not_found", "as_of")


def test_a_hold_whose_event_is_archived_is_gone_and_not_unknown(operator: Api) -> None:
    problem(operator.get(f"/v1/billing/holds/{HOLD}"), 410, "archived", None)
    unknown = operator.get(f"/v1/billing/holds/{HOLD[:-1]}8")
    problem(unknown, 404, "not_found", "id")


def test_snapshots_of_archived_events_are_verified_with_the_archive(archived: TestStore) -> None:
    report = archived.verify()
    assert (report["wallet_snapshots"].checked, report.exit_code) == (2, 0), report.as_dict()
    archived.tamper(
        f"UPDATE tally.wallet_snapshots SET recorded_us = recorded_us + 1 WHERE version = {EVERY}"
    )
    assert archived.verify()["wallet_snapshots"].wrong == 1
    archived.tamper(
        f"UPDATE tally.wallet_snapshots SET recorded_us = recorded_us - 1 WHERE version = {EVERY}"
    )


def test_those_that_cannot_be_made_again_are_not_missing(archived: TestStore) -> None:
    copy = archived.copy()
    copy.options = archived.options
    copy.tamper(
        "DELETE FROM tally.wallet_snapshots",
        "DELETE FROM tally.projections WHERE name = 'wallet_snapshots'",
        "DELETE FROM tally.projection_heads WHERE name = 'wallet_snapshots'",
    )
    assert copy.verify().exit_code == 0
    assert copy.rows("SELECT FROM tally.wallet_snapshots") == []
    copy.drop()
