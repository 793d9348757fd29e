"""What stood in wallets before has its rows after the migration, and states are read as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from adapters.postgres.migrations import migrate, migrations
from ledger.credits.balance_row import restore_wallet
from ledger.credits.losses import LOT_LOSSES, REVERSALS
from ledger.credits.ports import BalanceRow, LotLossRow, ReversedRow
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from ledger.tables import TABLES
from ledger.verification.declared_rows import DeclaredRows
from tests.formats.golden import FOLDER, loaded

NAME = "0013_credits_reversals.sql"
UNDO = "DROP TABLE tally.reversals, tally.lot_losses"
STATE = (
    '{"owner":"rae","asset":"credit","funds":{"holds":{"h":{"id":"h","user":"rae","lots":[],'
    '"placed_us":1,"expires_us":2,"reference":"\\",\\"reversed_so_far\\":{}"}}}'
    '%s,"suspended":true}'
)
MOVED = ',"reversed_so_far":{"5-0":7000000,"9-2":1}'


def test_reversals_leave_the_wallets_for_rows_of_their_own(empty_database: str) -> None:
    migrate(empty_database)
    events = [
        loaded(line)
        for line in Path(FOLDER / "0.1.0" / "events.jsonl").read_text("utf-8").splitlines()
    ]
    (script,) = [text for name, text in migrations() if name == NAME]
    with psycopg.connect(empty_database) as connection:
        connection.execute(UNDO)
        insert(connection, "events", events)
        old = BalanceRow("acme", "rae", "credit", 9, 9, 0, 0, 0, STATE % MOVED)
        insert(connection, "balances", [old])
        connection.execute(script.encode())
        reversals = connection.execute("TABLE tally.reversals ORDER BY org, original").fetchall()
        losses = connection.execute("TABLE tally.lot_losses").fetchall()
        ((state,),) = connection.execute("SELECT state FROM tally.balances").fetchall()
    declared = DeclaredRows(Report())
    for event in events:
        declared.see(event, fact_of(event))
    reversed_ = [ReversedRow(**row) for row in declared.rows_of(TABLES[REVERSALS]).values()]
    lost = [LotLossRow(**row) for row in declared.rows_of(TABLES[LOT_LOSSES]).values()]
    assert sorted(ReversedRow(*row) for row in reversals) == sorted(reversed_)
    assert sorted(LotLossRow(*row) for row in losses) == sorted(lost)
    assert len(reversed_) > 3
    assert any(row.expired for row in lost)
    assert any(row.sent for row in lost)
    assert state == STATE % ""
    assert restore_wallet("acme/wallet/credit/rae", old._replace(state=state)).suspended


def insert(
    connection: psycopg.Connection[Any], table: str, rows: list[RecordedEvent] | list[BalanceRow]
) -> None:
    columns = rows[0]._fields
    statement = sql.SQL("INSERT INTO tally.{} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
