"""What falls due is recorded by `tally jobs`, once, whatever happens to the process."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.due_work import PostgresDueWork
from api.commands.credits.holds import PlaceHold
from tests.processes.jobs.store import SECOND, Store, soon, wait_for
from tests.scenarios.commands import ACTOR, deposit, grant, usage, use


def place_hold(org: str, seconds: int, number: int = 1) -> PlaceHold:
    return PlaceHold(
        org=org,
        actor=ACTOR,
        key=f"hold {number}",
        sent={"number": number},
        hold_id=f"hold-{number}",
        user="ada",
        lasts_us=seconds * SECOND,
        amount=4_000_000,
    )


def test_a_lot_expires_without_any_request(store: Store, tmp_path: Path) -> None:
    org = store.new_org()
    store.run([grant("5", "promotional", key="g", org=org, expires=soon(1.5))])
    store.run([deposit("2", key="d", org=org)])
    with store.jobs(tmp_path):
        wait_for(lambda: store.count(org, "LotsExpired") == 1)
    ((credits, due_us),) = store.rows(
        "SELECT credits, due_us FROM tally.balances LEFT JOIN tally.due USING (org) WHERE org = %s",
        [org],
    )
    assert (credits, due_us) == (2_000_000, None)
    ((actor,),) = store.rows(
        "SELECT actor FROM tally.events WHERE org = %s AND type = 'credits.LotsExpired'", [org]
    )
    assert '"subject":"@scheduler"' in actor
    store.verify()


def test_a_hold_expires_and_pays_debt_without_any_request(store: Store, tmp_path: Path) -> None:
    org = store.new_org()
    store.run([deposit("4", key="d", org=org)])
    store.run([place_hold(org, 1)])
    store.run([usage([use("3", id="u1")], org=org)])  # on credit: all is held
    with store.jobs(tmp_path):
        wait_for(lambda: store.count(org, "HoldExpired") == 1)
    ((credits, held, debt, due_us),) = store.rows(
        "SELECT credits, held, debt, due_us FROM tally.balances LEFT JOIN tally.due USING (org) "
        "WHERE org = %s",
        [org],
    )
    assert (credits, held, debt, due_us) == (1_000_000, 0, 0, None)
    store.verify()


def test_a_lot_that_takes_effect_pays_debt_without_any_request(
    store: Store, tmp_path: Path
) -> None:
    org = store.new_org()
    store.run([usage([use("3", id="u1")], org=org)])
    store.run([grant("5", "adjustment", key="g", org=org, effective=soon(1.5))])
    with store.jobs(tmp_path):
        wait_for(lambda: store.count(org, "CreditsTookEffect") == 1)
    store.verify()


def fill(store: Store, wallets: int) -> str:
    """An org of many wallets whose lots end at one moment."""
    org = store.new_org()
    end = soon(8)  # later than filling takes, also on a busy machine
    each = [
        grant("5", "promotional", key=f"g{n}", org=org, user=f"user-{n}", expires=end)
        for n in range(wallets)
    ]
    for first in range(0, wallets, 1_000):
        store.run(each[first : first + 1_000])
    return org


def _begun(store: Store, org: str) -> bool:
    return store.count(org, "LotsExpired") > 0


def killed_in_the_middle(store: Store, wallets: int, tmp_path: Path) -> str:
    """An org in which a killed process has recorded some expiries and not all."""
    for _ in range(3):  # on a busy machine it may be done before it is killed
        org = fill(store, wallets)
        with store.jobs(tmp_path) as process:
            wait_for(partial(_begun, store, org))
            process.kill()
            process.wait()
        if 0 < store.count(org, "LotsExpired") < wallets:
            return org
    raise AssertionError("the process was always faster than its killer")


def test_a_process_killed_in_the_middle_neither_loses_nor_doubles(
    store: Store, tmp_path: Path
) -> None:
    wallets = 4_000
    org = killed_in_the_middle(store, wallets, tmp_path)
    with store.jobs(tmp_path):
        wait_for(lambda: store.count(org, "LotsExpired") >= wallets)
    assert store.count(org, "LotsExpired") == wallets
    assert store.twice(org, "LotsExpired") == 0
    store.verify()


@pytest.mark.slow
def test_two_processes_and_requests_at_once_record_each_expiry_once(
    store: Store, tmp_path: Path
) -> None:
    wallets = 3_000
    org = fill(store, wallets)
    with store.jobs(tmp_path), store.jobs(tmp_path):
        wait_for(lambda: store.count(org, "LotsExpired") > 0)
        for n in range(wallets - 1, wallets - 40, -1):  # lazily, in the decision of a request
            store.run([usage([use("1", id=f"u{n}", user=f"user-{n}")], org=org)])
        wait_for(lambda: store.count(org, "LotsExpired") >= wallets)
    assert store.count(org, "LotsExpired") == wallets
    assert store.twice(org, "LotsExpired") == 0
    store.verify()


def test_the_writer_has_no_more_of_the_job_library_than_it_needs(store: Store) -> None:
    with psycopg.connect(store.ends.database.writer, autocommit=True) as writer:
        writer.execute("SELECT count(*) FROM tally_jobs.procrastinate_jobs")
        for refused in ("CREATE TABLE tally_jobs.t (n int)", "SELECT * FROM tally_jobs.applied"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                writer.execute(refused)
    with (
        psycopg.connect(store.ends.database.query, autocommit=True) as query,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        query.execute("SELECT count(*) FROM tally_jobs.procrastinate_jobs")


def test_what_is_due_is_found_oldest_first(store: Store) -> None:
    org = store.new_org()
    for user, seconds in (("late", 3_000), ("early", 2_000), ("never", 0)):
        end = soon(seconds) if seconds else None
        store.run([grant("1", "promotional", key=user, org=org, user=user, expires=end)])
    due_work = PostgresDueWork(store.ends.database.writer)
    found = [row for row in due_work.due_streams(2**62, 500) if row.org == org]
    assert [row.stream for row in found] == ["wallet/credit/early", "wallet/credit/late"]
    after = [row for row in due_work.due_streams(2**62, 500, found[0]) if row.org == org]
    assert after == found[1:]
    due_work.close()
