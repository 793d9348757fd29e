"""Rebuilding: a read model made beside the live one, compared with it and put in its place.

While it is made, the live one is read and followed as always. At the end the follower waits a
moment: what came meanwhile is added, the position is taken, and in PostgreSQL the rows that differ
are changed, in one transaction; nobody ever reads a half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapters.postgres.archived import archived_lines
from adapters.postgres.connection import Connecting, unavailable
from adapters.postgres.read_models import packed, writing
from adapters.postgres.shards import base_in_sql
from ledger.kernel.errors import Archived, Conflict
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from projections.archived_lines import archived_sums, outlives_archives
from projections.engine import heads_of
from projections.ports import Beside, Rebuilt
from projections.read_model import Model, Row
from projections.summary import Summary

_LOCKS = 0x7A11_0005
"""First half of the advisory locks of rebuilds; the second is the hash of the name."""

_LOCK = "SELECT position, planned FROM tally.projections WHERE name = %b ORDER BY shard FOR UPDATE"
# One statement, so one moment of all shards; an org's events come in its order.
_REST = f"""
SELECT {", ".join(f"e.{name}" for name in RecordedEvent._fields)}
  FROM tally.shard s
  LEFT JOIN unnest(%b::int[], %b::bigint[]) AS p (shard, position) ON p.shard = s.id
  JOIN tally.events e ON e.position > coalesce(p.position, {base_in_sql("s.id")})
                     AND e.position <= s.position
 ORDER BY e.org, e.sequence
"""
_HEADS = """
INSERT INTO tally.projection_heads (org, name, sequence)
SELECT n.org, %b, n.sequence FROM unnest(%b::text[], %b::bigint[]) AS n (org, sequence)
"""
_ARCHIVED_HEADS = "SELECT org, max(last_sequence) FROM tally.archive_chains GROUP BY org"
_POSITIONS = """
INSERT INTO tally.projections AS p (name, position)
SELECT %b, n.position FROM unnest(%b::bigint[]) AS n (position)
    ON CONFLICT (name, shard) DO UPDATE SET position = excluded.position, planned = NULL
"""


class Rebuilding(Connecting):
    """The progress of a read model, and the moment at which its rows are replaced."""

    def __init__(self, url: str, model: Model[Any]) -> None:
        super().__init__(url)
        self.purpose = f"rebuild {model.name}"
        self._model = model
        self._heads: dict[str, int] = {}
        self._positions: dict[int, int] = {}
        self._rows = 0

    def run(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        """Run a statement in the transaction of the swap, or by itself before."""
        return self._run(statement, parameters)

    def begin(self) -> None:
        """Be the only one that makes it anew. Raises Conflict where another is, and Archived where
        events are gone of which rows were made."""
        ((is_alone,),) = self._run(
            "SELECT pg_try_advisory_lock(%b::int, hashtext(%b))", [_LOCKS, self._model.name]
        )
        if not is_alone:
            raise Conflict(f"{self._model.name} is being rebuilt by another process.")
        ((archived,),) = self._run("SELECT max(last_position) FROM tally.archives", [])
        if archived and not outlives_archives(self._model):
            raise Archived(
                f"events up to position {archived} are archived, and the rows that were made of "
                "them could not be made again: nothing was changed."
            )

    def fill_archived(self, beside: Beside) -> None:
        """Write what a summary has of archived events."""
        if not isinstance(self._model, Summary) or not outlives_archives(self._model):
            return
        with unavailable(), self._connected().transaction():
            self._run("SET LOCAL statement_timeout = 0", [])
            sums = archived_sums(self._model, archived_lines(self._connected()))
            self._heads |= dict(self._run(_ARCHIVED_HEADS, []))
        rows = [(*key, *row) for key, row in sums.items()]
        self._rows += len(rows)
        beside.add(rows)

    def fill(self, beside: Beside, events: Sequence[RecordedEvent]) -> None:
        """Write the rows of some events. Raises UnknownFact or UnreadableFact."""
        rows = self._model.rows(events)
        self._rows += len(rows)
        if rows:
            beside.add(rows)
        for org, sequence in heads_of(events).items():
            self._heads[org] = max(sequence, self._heads.get(org, 0))
        for event in events:
            shard = shard_of(event.position)
            self._positions[shard] = max(event.position, self._positions.get(shard, 0))

    def swap(self, beside: Beside) -> Rebuilt:
        """Take in what came meanwhile, and put the rows in their place."""
        name = self._model.name
        with unavailable(), self._connected().transaction():
            self._run("SET LOCAL statement_timeout = 0", [])
            self._run("SET LOCAL lock_timeout = '30s'", [])
            self._run(_LOCK, [name])
            rest = self._run(_REST, [list(self._positions), list(self._positions.values())])
            self.fill(beside, [RecordedEvent(*row) for row in rest])
            differed = beside.swap()
            self._run("DELETE FROM tally.projection_heads WHERE name = %b", [name])
            self._run(_HEADS, [name, list(self._heads), list(self._heads.values())])
            self._run(_POSITIONS, [name, list(self._positions.values())])
        return Rebuilt(self._rows, differed)


class TableBeside:
    """The table `rebuilt_<name>`."""

    def __init__(self, rebuilding: Rebuilding, model: Model[Any]) -> None:
        self._run: Callable[..., list[Any]] = rebuilding.run
        self._model = model
        self._table = f"tally.rebuilt_{model.name}"

    def begin(self) -> None:
        self._run("SELECT tally.make_rebuilt(%b, %b)", [self._model.name, list(self._model.key)])

    def add(self, rows: Sequence[Row]) -> None:
        self._run(writing(self._model, table=self._table), packed(self._model, rows))

    def swap(self) -> int:
        """Change the rows that differ, and count them."""
        differed = sum(len(self._run(each, [])) for each in _replacing(self._model, self._table))
        self._run("SELECT tally.drop_rebuilt(%b)", [self._model.name])
        return differed


def _replacing(model: Model[Any], beside: str) -> tuple[str, str]:
    """Return the statements that take out the rows that should not be there, and write those that
    are missing or not the same."""
    table, key = f"tally.{model.name}", ", ".join(model.key)
    names = [name for name in model.columns if name not in model.key]
    same = " AND ".join(f"r.{name} = t.{name}" for name in model.key)
    taken = ", ".join(f"{name} = excluded.{name}" for name in names)
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("t", "excluded"))
    columns = ", ".join(model.columns)
    return (
        f"DELETE FROM {table} t WHERE NOT EXISTS (SELECT FROM {beside} r WHERE {same}) RETURNING 1",
        f"INSERT INTO {table} AS t ({columns}) SELECT {columns} FROM {beside} "
        f"ON CONFLICT ({key}) DO UPDATE SET {taken} "
        f"WHERE ({old}) IS DISTINCT FROM ({new}) RETURNING 1",
    )
