"""Copies in the store itself: read models as `tally compare` reads and mends them, while their
followers go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.postgres import arrays
from adapters.postgres.archived import archived_lines
from adapters.postgres.connection import Connecting, unavailable
from adapters.postgres.read_models import packed, writing
from adapters.postgres.shards import shard_in_sql
from adapters.postgres.snapshot import PostgresSnapshot
from ledger.ports import RecordedEvent
from projections.archived_lines import archived_sums, outlives_archives
from projections.copies import Part
from projections.ports import Applied
from projections.read import Read, read_alone
from projections.read_model import ReadModel, Row
from projections.summary import Summary, Summed

STRAYS = 1_000

_EVENT = ", ".join(RecordedEvent._fields)
_LOCK = "SELECT position FROM tally.projections WHERE name = %b ORDER BY shard FOR UPDATE"
_APPLIED = f"""
SELECT {_EVENT}
  FROM tally.events e
 WHERE e.org = %b
   AND EXISTS (SELECT FROM tally.projections p
                WHERE p.name = %b AND p.shard = {shard_in_sql("e.position")}
                  AND p.position >= e.position)
   AND NOT EXISTS (SELECT FROM tally.projection_heads h
                    WHERE h.org = e.org AND h.name = %b AND h.parked_us IS NOT NULL
                      AND h.sequence < e.sequence)
 ORDER BY e.sequence
"""
_DELETE = """
DELETE FROM tally.{name} t
 USING unnest(%b::text[], %b::bigint[], %b::bigint[]) AS n (org, sequence, line)
 WHERE t.org = n.org AND t.sequence = n.sequence AND t.line = n.line
"""
_STRAYS = """
SELECT {columns}
  FROM tally.{name} t
 WHERE NOT EXISTS (SELECT FROM tally.events e WHERE e.org = t.org AND e.sequence = t.sequence)
   AND NOT EXISTS (SELECT FROM tally.archive_chains a
                    WHERE a.org = t.org
                      AND t.sequence BETWEEN a.first_sequence AND a.last_sequence)
 LIMIT {limit}
"""


class PostgresCopy(Connecting):
    """A read model with a row a line, read at the moment of a snapshot."""

    left_out: str | None = None

    def __init__(self, url: str, model: ReadModel[Any], snapshot: PostgresSnapshot) -> None:
        super().__init__(url)
        self.name = self.purpose = model.name
        self.columns: Sequence[str] = list(model.columns)
        self._model = model
        self._snapshot = snapshot
        self._applied = Applied.of(snapshot, model.name)
        self.has, self.why_not = self._applied.has, self._applied.why_not

    def right(self, events: Sequence[Read]) -> list[Row]:
        return right_rows(self._model, events)

    def stored(self, part: Part) -> list[Row]:
        return self._snapshot.model_rows(self._model, part.spans)

    def mend(self, part: Part, wrong: Iterable[Row], right: Sequence[Row]) -> None:
        with unavailable(), self._connected().transaction():
            self._delete(wrong)
            self._run(writing(self._model), packed(self._model, right))

    def strays(self) -> list[Row]:
        columns = ", ".join(f"t.{name}" for name in self.columns)
        query = _STRAYS.format(columns=columns, name=self.name, limit=STRAYS)
        return [tuple(row) for row in self._run(query, [])]

    def drop(self, strays: Sequence[Row]) -> None:
        self._delete(strays)

    def _delete(self, rows: Iterable[Row]) -> None:
        orgs, sequences, lines = arrays.columns([row[:3] for row in rows], 3)
        keys = [arrays.texts(orgs), arrays.int8s(sequences), arrays.int8s(lines)]
        self._run(_DELETE.format(name=self.name), keys)


class SummaryMending(Connecting):
    """Adds up what an org's rows of summaries should be, and writes them. The follower waits
    meanwhile, readers do not."""

    purpose = "compare"

    def mend(self, model: Summary[Any], org: str) -> None:
        """Write the rows of an org anew."""
        with unavailable(), self._connected().transaction():
            self._run("SET LOCAL statement_timeout = 0", [])
            self._run(_LOCK, [model.name])
            rows = self._added_up(model, org)
            self._run(f"DELETE FROM tally.{model.name} WHERE org = %b", [org])
            self._run(writing(model), packed(model, rows))

    def _added_up(self, model: Summary[Any], org: str) -> list[Row]:
        rows: Summed = {}
        if outlives_archives(model):
            rows = archived_sums(model, archived_lines(self._connected(), org))
        with self._connected().cursor("applied") as cursor:
            cursor.execute(_APPLIED, [org, model.name, model.name], binary=True)
            for row in cursor:
                read = read_alone(RecordedEvent(*row))
                if parts := read.lines.get(model.lines_of):
                    model.add(rows, read.event, parts)
        return [(*key, *row) for key, row in rows.items()]


def right_rows(model: ReadModel[Any], events: Iterable[Read]) -> list[Row]:
    """Return the rows that events must have."""
    return model.rows_of((read.event, read.of(model.lines_of)) for read in events)
