"""Stores to begin with: orgs, prices and funded wallets over HTTP; history straight into tables.

What is inserted straight is copied from real rows, whatever columns they have, and is there to be
large: its hashes link nothing, so such a store is not for verification.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from api.container import Opening, owned_database
from api.settings import Settings
from bench.load import Load, Run
from bench.stand import ORG, POOLED, Stand, keep_keys
from bench.traffic import CREDITS, Door, Funding, SingleLines, user
from ledger.credits.usage import LINES

FUNDING_CONNECTIONS = 64
GRANTED_PART = 10
"""One wallet of so many, the most used ones, has two lots."""

CHUNK = 250_000
"""Events in one transaction."""

_PRICES = [
    {"model": "m", "meter": "input_tokens", "price": "2.5", "per": 1_000_000, "currency": "usd"},
    {"model": "m", "meter": "output_tokens", "price": "10", "per": 1_000_000, "currency": "usd"},
]
_WALLETS = {
    "owner": "'u' || lpad(n::text, 7, '0')",
    "state": "replace(model.state, model.owner, 'u' || lpad(n::text, 7, '0'))",
}
_KEYS = {
    "key": "CASE WHEN {ordered} THEN uuidv7('-1 day') ELSE gen_random_uuid() END::text",
    "sequence": "{sequence} + n",
}
_EVENTS = {
    "position": "{position} + n",
    "sequence": "{sequence} + n",
    "stream": "'wallet/credit/past-' || n % 10000",
    "version": "({sequence} + n) / 10000 + 1",
    "hash": "sha256(int8send({sequence} + n))",
}
_HISTORY = {
    "position": "{position} + n",
    "sequence": "{sequence} + n",
    "version": "{version} + n",
    "recorded_us": "model.recorded_us + n",
    "hash": "sha256(int8send({sequence} + n))",
}
_SHARD: LiteralString = """
UPDATE tally.shard SET position = position + %s
 WHERE id = (SELECT shard FROM tally.heads WHERE org = %s)
"""
_HEAD: LiteralString = """
UPDATE tally.heads SET sequence = sequence + %s, hash = sha256(int8send(sequence + %s))
 WHERE org = %s
"""

_SKU_PRICES: LiteralString = """
INSERT INTO tally.sku_prices (org, id, published, version)
SELECT org, id || '-' || n, published, version
  FROM tally.sku_prices, generate_series(1, %s::int) n
 WHERE org = %s AND id = %s
"""


def fund(stand: Stand, wallets: int, generate: Callable[[Load], Run]) -> None:
    """Make the orgs, the prices, the gateways' keys, and credit in every wallet and the pool."""
    keys = {}
    for org, mode in ((ORG, "individual"), (POOLED, "shared")):
        body = {"id": org, "name": "Benchmark", "billing_mode": mode}
        stand.service.call("POST", "/v1/orgs", body)
        stand.service.call("PUT", "/v1/billing/rate-cards", {"prices": _PRICES}, org=org)
        keys[org] = _issue(stand, org, "gateway")
    keep_keys(stand.data, keys)
    deposit = {"user": "@pool", "amount": CREDITS}
    stand.service.call("POST", "/v1/billing/deposits", deposit, org=POOLED)
    door = Door(stand.door().host, _issue(stand, ORG, "billing"))
    expires_at = (datetime.now(UTC) + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    funding = Funding(door, wallets, max(1, wallets // GRANTED_PART), expires_at)
    run = generate(Load(stand.url, funding, FUNDING_CONNECTIONS, seconds=600))
    assert set(run.statuses) == {201}, run.refused


def _issue(stand: Stand, org: str, role: str) -> str:
    body = {"name": role, "role": role}
    return str(stand.service.call("POST", f"/v1/orgs/{org}/api-keys", body)["secret"])


def record_one(stand: Stand, generate: Callable[[Load], Run]) -> None:
    """One real usage line: what copies are made of."""
    run = generate(Load(stand.url, SingleLines(stand.door(), 1), 1, seconds=0.001))
    assert set(run.statuses) == {201}, run.refused


def add_wallets(data: Path, known: int, wallets: int) -> None:
    """Have `wallets` balances rows where there are `known`: copies of the last, as of a wallet
    with one deposit."""
    with _owner(data) as owner:
        model = f"org = '{ORG}' AND owner = '{user(known).decode()}'"
        _insert_copies(owner, "balances", model, _WALLETS, (known + 1, wallets))
        _settle(owner)


def add_prices(data: Path, sku: str, skus: int) -> None:
    """Have prices of so many SKUs more, `sku-1` and so on: copies of those of one."""
    with _owner(data) as owner:
        owner.execute(_SKU_PRICES, [skus, ORG, sku])
        owner.execute("VACUUM (ANALYZE) tally.sku_prices")
        owner.execute("CHECKPOINT")


def read_times(data: Path, query: str, asked: Iterable[Mapping[str, object]]) -> list[float]:
    """Return how long a query takes alone, on a connection that has prepared it, in seconds."""
    taken = []
    with _owner(data) as owner:
        owner.execute("SELECT set_config('tally.org', %s, false)", [ORG])
        for parameters in asked:
            began = time.perf_counter()
            owner.execute(query.encode(), parameters, prepare=True).fetchall()
            taken.append(time.perf_counter() - began)
    return taken


def add_events(data: Path, events: int, *, ordered: bool) -> None:
    """Have so many more events of one line in the chain, with random or time-ordered line ids."""
    with _owner(data) as owner:
        for first in range(0, events, CHUNK):
            with owner.transaction():
                _add_some(owner, min(CHUNK, events - first), ordered=ordered)
        _settle(owner)


def add_history(data: Path, owner: str, events: int) -> range:
    """Have so many more events of one line in a wallet, copies of its last, a microsecond apart;
    answers their sequences."""
    stream = f"wallet/credit/{owner}"
    with _owner(data) as store:
        ((position, sequence, version),) = store.execute(
            "SELECT s.position, h.sequence, b.version FROM tally.heads h "
            "JOIN tally.shard s ON s.id = h.shard JOIN tally.balances b USING (org) "
            "WHERE h.org = %s AND b.owner = %s AND b.asset = 'credit'",
            [ORG, owner],
        ).fetchall()
        store.execute("SELECT tally.ensure_event_partitions(%s)", [position + events])
        model = f"org = '{ORG}' AND stream = '{stream}' AND type = 'credits.UsageRecorded'"
        values = {"position": position, "sequence": sequence, "version": version}
        for first in range(1, events + 1, CHUNK):
            numbers = (first, min(events, first + CHUNK - 1))
            _insert_copies(store, "events", model, _HISTORY, numbers, **values)
        store.execute(_HEAD, [events, events, ORG])
        store.execute(_SHARD, [events, ORG])
        store.execute(
            "UPDATE tally.balances SET version = version + %s, sequence = %s "
            "WHERE org = %s AND owner = %s AND asset = 'credit'",
            [events, sequence + events, ORG, owner],
        )
        _settle(store)
    return range(sequence + 1, sequence + events + 1)


def _add_some(owner: psycopg.Connection[Any], events: int, *, ordered: bool) -> None:
    ((position, sequence),) = owner.execute(
        "SELECT s.position, h.sequence FROM tally.heads h "
        "JOIN tally.shard s ON s.id = h.shard WHERE h.org = %s",
        [ORG],
    ).fetchall()
    owner.execute("SELECT tally.ensure_event_partitions(%s)", [position + events])
    values = {"position": position, "sequence": sequence, "ordered": ordered}
    usage = f"org = '{ORG}' AND space = '{LINES}'"
    _insert_copies(owner, "keys", usage, _KEYS, (1, events), **values)
    _insert_copies(owner, "events", f"org = '{ORG}'", _EVENTS, (1, events), **values)
    owner.execute(_HEAD, [events, events, ORG])
    owner.execute(_SHARD, [events, ORG])


def _insert_copies(
    owner: psycopg.Connection[Any],
    table: str,
    model: str,
    changed: Mapping[str, str],
    numbers: tuple[int, int],
    **values: object,
) -> None:
    """A row for each number `n`: the last row that `model` describes, but for what is changed."""
    columns = [
        name
        for (name,) in owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum",
            [f"tally.{table}"],
        )
    ]
    row = ", ".join(changed.get(each, f"model.{each}").format(**values) for each in columns)
    owner.execute(
        f"INSERT INTO tally.{table} ({', '.join(columns)}) SELECT {row} FROM "
        f"(SELECT * FROM tally.{table} WHERE {model} ORDER BY sequence DESC LIMIT 1) model, "
        f"generate_series({numbers[0]}, {numbers[1]}) n".encode()
    )


def _owner(data: Path) -> psycopg.Connection[Any]:
    """The owner of the running store: what it inserts is not under test, so it need not flush."""
    with owned_database(Settings(data=data), Opening.READ) as at:
        owner = psycopg.connect(at.owner, autocommit=True)
        owner.execute("SET synchronous_commit = off")
        return owner


def _settle(owner: psycopg.Connection[Any]) -> None:
    """Statistics as in a store that grew slowly, and nothing left to be written behind a run."""
    owner.execute("VACUUM (ANALYZE) tally.events, tally.keys, tally.balances")
    owner.execute("CHECKPOINT")
