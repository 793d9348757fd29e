"""Rows from memory put into real, unguarded tables: what was tampered with there is so here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from adapters.memory.snapshot import Tables
from ledger.credits.ports import BalanceRow, CounterRow
from ledger.credits.wallet_snapshot import WalletSnapshotRow
from ledger.kernel.snapshot import SnapshotRow
from ledger.ports import DueRow, RecordedEvent
from ledger.proof.checkpoint import SealRow
from ledger.rating.ports import MeterRow
from ledger.tenancy.org import PLACEMENTS
from ledger.verification.evidence import StoredTree
from projections.read_models import ANALYSTS, READ_MODELS
from tests.tamper.stores import TestStore

_KEYS = ("org", "space", "key", "sequence", "line", "fingerprint")
_TEXTS = ("org", "digest", "kind", "person", "salt", "content")


def write_tables(store: TestStore, tables: Tables) -> None:
    """Replace every row of an unguarded store."""
    with psycopg.connect(store.owner) as connection:
        for name, columns, rows in _rows(tables):
            connection.execute(f"DELETE FROM tally.{name}")
            _write(connection, name, columns, rows)
        connection.execute("DELETE FROM tally.shard")
        _write(connection, "shard", ("id", "position"), sorted(tables.shards.items()))
    for name, rows in tables.read_models.items():
        if name in ANALYSTS:
            table = ClickHouseTable(LazyClient(store.clickhouse_url), ANALYSTS[name])
            table.empty()
            table.insert(rows, f"written {store.name} {id(tables)}")
            table.close()


def _rows(tables: Tables) -> list[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]:
    shards = {row["tenant"]: row["shard"] for row in tables.declared.get(PLACEMENTS, [])}
    heads = [(org, *head, shards.get(org, 1)) for org, head in tables.heads.items()]
    texts: list[tuple[Any, ...]] = [
        (org, each.digest, each.kind, each.person, each.salt, each.content)
        for org, each in tables.texts
    ]
    texts += [(org, each.digest, each.kind, each.person, None, None) for org, each in tables.erased]
    tiles = [(org, *tile, hashes) for (org, tile), hashes in tables.tiles.items()]
    trees = [(org, *tree) for org, tree in tables.trees.items()]
    heads_of_followers = [(*place, each) for place, each in tables.follower_heads.items()]
    projections = [(name, position) for (name, _), position in tables.projected.items()]
    return [
        ("events", RecordedEvent._fields, tables.events),
        ("heads", ("org", "sequence", "hash", "recorded_us", "shard"), heads),
        ("keys", _KEYS, [(*row.key, *row[1:]) for row in tables.keys]),
        ("balances", BalanceRow._fields, tables.balances),
        ("due", DueRow._fields, tables.due),
        ("snapshots", SnapshotRow._fields, tables.snapshots),
        ("cap_counters", CounterRow._fields, tables.counters),
        ("meter_counters", MeterRow._fields, tables.meters),
        ("texts", _TEXTS, texts),
        ("access_log", ("org",), []),
        ("access_heads", ("org",), []),
        ("tiles", ("org", "level", "tile", "hashes"), tiles),
        ("trees", ("org", *StoredTree._fields), trees),
        ("checkpoints", SealRow._fields, tables.checkpoints),
        ("projections", ("name", "position"), projections),
        ("projection_heads", ("org", "name", "sequence"), heads_of_followers),
        ("wallet_snapshots", WalletSnapshotRow._fields, tables.wallet_snapshots),
        ("witnesses", ("name", "delivered_us"), tables.deliveries.items()),
        *(
            (name, _columns(rows), _values(rows))
            for name, rows in tables.declared.items()
            if name != PLACEMENTS  # a view of the heads
        ),
        *(
            (name, list(READ_MODELS[name].columns), rows)
            for name, rows in tables.read_models.items()
            if not READ_MODELS[name].for_analysts
        ),
    ]


def _columns(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(rows[0]) if rows else []


def _values(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    return [[_json(each) for each in row.values()] for row in rows]


def _json(value: Any) -> Any:
    """A value as its column takes it: objects are jsonb, also where a list holds them, or none."""
    is_json = isinstance(value, dict) or (isinstance(value, list) and not value)
    first = value[0] if isinstance(value, list) and value else value
    return Jsonb(value) if is_json or isinstance(first, dict) else value


def _write(
    connection: psycopg.Connection[Any],
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO tally.{name} ({', '.join(columns)}) VALUES ({marks})"
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))
