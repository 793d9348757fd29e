"""What was due before the table is in it after the migration: as the aggregates declare it."""

from __future__ import annotations

from pathlib import Path

import psycopg

from adapters.postgres.migrations import migrate, migrations
from ledger.credits.allowance import Allowance
from ledger.credits.wallet import Wallet
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import split_stream_id
from ledger.kernel.times import moment
from ledger.ports import DueRow
from ledger.registry import fact_of
from tests.contracts.credits.test_migrated_reversals import insert
from tests.formats.golden import FOLDER, loaded

NAME = "0024_due.sql"
UNDO = """
DROP TABLE tally.due;
DROP FUNCTION tally.change_due, tally.enter_due;
ALTER TABLE tally.balances ADD COLUMN due_us bigint;
"""
WALLET = """
INSERT INTO tally.balances VALUES (%s, %s, %s, 1, 1, 0, 0, 0, '{}', %s)
"""
ALLOWANCE = "INSERT INTO tally.allowances VALUES (%s, %s, %s)"


def test_moments_of_wallets_and_allowances_come_into_the_table(empty_database: str) -> None:
    migrate(empty_database)
    lines = Path(FOLDER / "0.1.0" / "events.jsonl").read_text("utf-8").splitlines()
    events = [loaded(line) for line in lines]
    aggregates: dict[str, LedgerAggregate] = {}
    for event in events:
        fact = fact_of(event)
        folded = fact.mutate(aggregates.get(fact.originator_id))
        assert isinstance(folded, LedgerAggregate)
        aggregates[fact.originator_id] = folded
    at = moment(events[-1].recorded_us)
    done = Allowance.open("done", at)
    done.set_monthly(5, at, fingerprint="f")
    done.close_month("2026-12", at)
    aggregates[done.id] = done
    (script,) = [text for name, text in migrations() if name == NAME]
    with psycopg.connect(empty_database) as connection:
        connection.execute(UNDO)
        insert(connection, "events", events)
        for each in aggregates.values():
            org, _ = split_stream_id(each.id)
            if isinstance(each, Wallet):
                connection.execute(WALLET, [org, each.owner, each.asset, each.due_us()])
            elif isinstance(each, Allowance):
                connection.execute(ALLOWANCE, [org, each.free_monthly, each.granted_month])
        connection.execute(script.encode())
        rows = connection.execute("SELECT org, stream, due_us FROM tally.due").fetchall()
    declared = {
        DueRow(*split_stream_id(each.id), each.due_us())
        for each in aggregates.values()
        if each.due_us() is not None
    }
    assert {DueRow(*row) for row in rows} == declared
    assert {row.stream.partition("/")[0] for row in declared} == {"wallet", "allowance"}
