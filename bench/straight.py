"""The limit: rows of a finished run inserted straight into the same tables of a new database."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from adapters.postgres.connection import WRITER, as_role
from adapters.postgres.migrations import migrate
from api.container import endpoints
from api.settings import Settings

Row = tuple[Any, ...]
_EVENTS = """
INSERT INTO tally.events (position, org, sequence, stream, version, type, recorded_us, actor,
                          idempotency_key, body, hash)
SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::text[],
                     %b::bigint[], %b::text[], %b::text[], %b::bytea[], %b::bytea[])
"""
_KEYS = """
INSERT INTO tally.keys (org, space, key, sequence, line, fingerprint)
SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::int[], %b::text[])
"""
_BALANCES = """
INSERT INTO tally.balances AS b
       (org, owner, asset, version, sequence, credits, held, debt, state)
SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[],
                     %b::bigint[], %b::bigint[], %b::text[])
    ON CONFLICT (org, owner, asset) DO UPDATE
   SET version = excluded.version, sequence = excluded.sequence, credits = excluded.credits,
       held = excluded.held, debt = excluded.debt, state = excluded.state
"""
GROUP = 64
"""Events in one transaction: what a group of waiting requests makes."""


def insert_straight(data: Path, org: str) -> dict[str, float]:
    """Lines a second that the tables take, for events of one line and for events of batches."""
    with endpoints(Settings(data=data)) as at:
        url = conninfo.make_conninfo(at.database.owner, dbname="straight")
        with psycopg.connect(at.database.owner, autocommit=True) as owner:
            owner.execute("CREATE DATABASE straight")
        migrate(url)
        with (
            psycopg.connect(at.database.owner) as source,
            psycopg.connect(as_role(url, WRITER), autocommit=True) as target,
        ):
            return {
                name: _insert(source, target, org, condition)
                for name, condition in (("single", "NOT LIKE"), ("batch", "LIKE"))
            }


def _insert(
    source: psycopg.Connection[Row], target: psycopg.Connection[Row], org: str, condition: str
) -> float:
    """Insert the events of batches, or of single lines, with their keys and balances."""
    keys = source.execute(
        "SELECT org, space, key, sequence, line, fingerprint FROM tally.keys "
        f"WHERE org = %s AND space = 'usage' AND key {condition} '%%.100.%%' ORDER BY sequence",
        [org],
    ).fetchall()
    sequences = sorted({key[3] for key in keys})
    events = source.execute(
        "SELECT position, org, sequence, stream, version, type, recorded_us, actor, "
        "idempotency_key, body, hash FROM tally.events WHERE org = %s AND sequence = ANY(%s) "
        "ORDER BY sequence",
        [org, sequences],
    ).fetchall()
    balances = {
        f"wallet/{row[2]}/{row[1]}": row
        for row in source.execute(
            "SELECT org, owner, asset, version, sequence, credits, held, debt, state "
            "FROM tally.balances WHERE org = %s",
            [org],
        )
    }
    started = time.perf_counter()
    for some_events, some_keys in _groups(events, keys):
        touched = [balances[stream] for stream in sorted({event[3] for event in some_events})]
        with target.transaction():
            target.execute(_KEYS, _columns(some_keys), prepare=True)
            target.execute(_BALANCES, _columns(touched), prepare=True)
            target.execute(_EVENTS, _columns(some_events), prepare=True)
    return len(keys) / (time.perf_counter() - started)


def _groups(events: list[Row], keys: list[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    place = 0
    for first in range(0, len(events), GROUP):
        group = events[first : first + GROUP]
        end = place
        while end < len(keys) and keys[end][3] <= group[-1][2]:
            end += 1
        yield group, keys[place:end]
        place = end


def _columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
