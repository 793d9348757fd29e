"""The snapshot: all that an aggregate remembers which has ended, kept when its events leave."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import msgspec

from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.decoding import decoded
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.times import microseconds, moment

A = TypeVar("A", bound=LedgerAggregate)


class SnapshotRow(NamedTuple):
    """An aggregate as it ended, after its last event; `state` is its full state as JSON."""

    org: str
    stream: str
    version: int
    type: str
    created_us: int
    state: str


def snapshot_of(aggregate: LedgerAggregate) -> SnapshotRow:
    """Return the row of an aggregate."""
    return SnapshotRow(
        *split_stream_id(aggregate.id),
        aggregate.version,
        str(vars(type(aggregate))["TOPIC"]),
        microseconds(aggregate.created_on),
        msgspec.json.encode(aggregate.state()).decode(),
    )


def restored(kind: type[A], row: SnapshotRow) -> A:
    """Return the aggregate as a row remembers it, without replay."""
    state = decoded(row.state, kind.State)
    aggregate_id = stream_id(row.org, row.stream)
    return kind.restore(aggregate_id, row.version, moment(row.created_us), state)
