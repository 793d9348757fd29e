"""`tally serve` does the jobs too, in a child that goes with it."""

from __future__ import annotations

from pathlib import Path

from api.demo.service import service
from tests.processes.jobs.store import Store, soon, wait_for

_WORKERS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tallystick jobs' "
_HERE = "AND datname = current_database()"


def test_a_served_ledger_records_what_time_brings(store: Store, tmp_path: Path) -> None:
    engines = {
        "TALLY_DATABASE_URL": store.ends.database.owner,
        "TALLY_CLICKHOUSE_URL": store.ends.clickhouse_url,
    }
    with service(tmp_path / "data", environment=engines) as running:
        running.call("POST", "/v1/orgs", {"id": "served", "name": "Served"})
        body = {"user": "ada", "amount": 5, "kind": "promotional", "expires_at": soon(1.5)}
        running.call("POST", "/v1/billing/credits", body, org="served")
        wait_for(lambda: store.count("served", "LotsExpired") == 1)
        assert store.rows(_WORKERS + _HERE) != [(0,)]
        running.wait_until_sealed("served")
    wait_for(lambda: store.rows(_WORKERS + _HERE) == [(0,)])
    store.verify(tmp_path / "data")
