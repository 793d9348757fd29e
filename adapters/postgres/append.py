"""A batch as the arguments of `tally.append`, in its order
(`schemas/postgres/0042_kernel_leases.sql`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from psycopg.types.json import Jsonb

from adapters.postgres import arrays
from adapters.postgres.arrays import Packed
from ledger.credits.ports import BalanceRow
from ledger.kernel.chain import Link
from ledger.kernel.keys import KeyRow
from ledger.kernel.texts import Text
from ledger.ports import Batch, DueRow

APPEND = (
    "SELECT tally.enter_due(%b::text[], %b::text[], %b::bigint[], tally.append(%b, %b, "
    "%b::text[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bytea[], %b::bigint[], "
    "%b::int[], %b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::text[], "
    "%b::text[], %b::bytea[], %b::bytea[], "
    "%b::int[], %b::text[], %b::text[], %b::bigint[], %b::int[], %b::text[], "
    "%b::int[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], "
    "%b::bigint[], %b::text[], "
    "%b::int[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::text[], "
    "%b, %b, %b)) "
    "FROM tally.expect_heads(%b::text[], %b::bigint[], %b::bytea[], %b::bigint[])"
)


def parameters(batch: Batch) -> list[object]:
    """Return what `APPEND` takes."""
    orgs = sorted(batch.heads_after)
    places = {org: place for place, org in enumerate(orgs, 1)}
    before = [batch.heads_before[org] for org in orgs]
    after = [batch.heads_after[org] for org in orgs]
    return [
        *_due(batch.due),
        batch.shard,
        batch.clock_us,
        arrays.names(orgs),
        arrays.int8s([head.sequence for head in before]),
        arrays.byteas([head.hash for head in before]),
        arrays.int8s([head.sequence for head in after]),
        arrays.byteas([head.hash for head in after]),
        arrays.int8s([head.recorded_us for head in after]),
        *_events(batch.links, places),
        *_keys(batch.keys, places),
        *_balances(sorted(cast(Sequence[BalanceRow], batch.balances)), places),
        *_texts(batch.texts, places),
        _rows(batch) if batch.rows or batch.erased else None,
        _counters(batch) if batch.counters or batch.meters else None,
        batch.epoch,
        arrays.names(list(batch.heads_seen)),
        arrays.int8s([head.sequence for head in batch.heads_seen.values()]),
        arrays.byteas([head.hash for head in batch.heads_seen.values()]),
        arrays.int8s([head.recorded_us for head in batch.heads_seen.values()]),
    ]


def _events(links: Sequence[Link], places: Mapping[str, int]) -> list[Packed]:
    entries = [link.entry for link in links]
    return [
        arrays.int4s([places[entry.org] for entry in entries]),
        arrays.int8s([link.sequence for link in links]),
        arrays.texts([entry.stream for entry in entries]),
        arrays.int8s([entry.version for entry in entries]),
        arrays.names([entry.type for entry in entries]),
        arrays.int8s([entry.recorded_us for entry in entries]),
        arrays.texts([entry.actor for entry in entries]),
        arrays.texts([entry.idempotency_key for entry in entries]),
        arrays.byteas([entry.body for entry in entries]),
        arrays.byteas([link.hash for link in links]),
    ]


def _keys(rows: Sequence[KeyRow], places: Mapping[str, int]) -> list[Packed]:
    return [
        arrays.int4s([places[row.key.org] for row in rows]),
        arrays.names([row.key.space for row in rows]),
        arrays.texts([row.key.key for row in rows]),
        arrays.int8s([row.sequence for row in rows]),
        arrays.int4s([row.line for row in rows]),
        arrays.texts([row.fingerprint for row in rows]),
    ]


def _balances(rows: Sequence[BalanceRow], places: Mapping[str, int]) -> list[Packed]:
    return [
        arrays.int4s([places[row.org] for row in rows]),
        arrays.texts([row.owner for row in rows]),
        arrays.names([row.asset for row in rows]),
        arrays.int8s([row.version for row in rows]),
        arrays.int8s([row.sequence for row in rows]),
        arrays.int8s([row.credits for row in rows]),
        arrays.int8s([row.held for row in rows]),
        arrays.int8s([row.debt for row in rows]),
        arrays.texts([row.state for row in rows]),
    ]


def _due(rows: Sequence[DueRow]) -> list[Packed]:
    return [
        arrays.names([row.org for row in rows]),
        arrays.texts([row.stream for row in rows]),
        arrays.int8s_or_null([row.due_us for row in rows]),
    ]


def _texts(rows: Sequence[tuple[str, Text]], places: Mapping[str, int]) -> list[Packed]:
    sealed = [text for _, text in rows]
    return [
        arrays.int4s([places[org] for org, _ in rows]),
        arrays.texts([text.digest for text in sealed]),
        arrays.names([text.kind for text in sealed]),
        arrays.texts([text.person for text in sealed]),
        arrays.byteas([text.salt for text in sealed]),
        arrays.texts([text.content for text in sealed]),
    ]


def _counters(batch: Batch) -> Jsonb:
    return Jsonb(
        {
            "caps": [row._asdict() for row in batch.counters],
            "meters": [row._asdict() for row in batch.meters],
        }
    )


def _rows(batch: Batch) -> Jsonb:
    """Return the rows of each table for its own function; what is erased is a table to the
    store."""
    erased = [{"org": org, "digests": digests} for org, digests in batch.erased]
    return Jsonb({**batch.rows, "erasures": erased} if erased else batch.rows)
