"""Read models: the progress of projections, the events they follow, and the rows they write.

One connection a projection: the advisory lock that makes its holder the one active runner ends
with it. Positions are compared and swapped, so a runner that lost its connection without noticing
writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg

from adapters.postgres import arrays
from adapters.postgres.archived import archived_lines
from adapters.postgres.connection import Connecting, unavailable
from adapters.postgres.shards import base_in_sql, shard_in_sql
from ledger.kernel.errors import Unavailable
from ledger.kernel.shards import base_of, number_of, shard_of
from ledger.ports import RecordedEvent
from projections.archived_lines import archived_sums, outlives_archives
from projections.ports import P, Parked, Place, Progress, Superseded, Unstorable
from projections.read_model import Model, Row
from projections.recent_events import PAGE_BYTES, PAGE_EVENTS, RecentEvents
from projections.summary import Sum, Summary

WHY_MAX = 1_000
"""Characters kept of why an org is set aside."""

_LOCKS = 0x7A11_0001
"""First half of the advisory locks of projections; the second is the hash of the name."""

_EVENT = ", ".join(RecordedEvent._fields)
_PAGE = f"""
SELECT {_EVENT}
  FROM (SELECT {_EVENT},
               sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS before
          FROM tally.events
         WHERE position > %b AND position <= %b
         ORDER BY position
         LIMIT %b) page
 WHERE before < %b
"""
# What is not applied of another shard is little, mostly nothing: that is where a predecessor is
# looked for.
_REACH = f"""
SELECT min(f.position) - 1
  FROM (SELECT org, sequence, position,
               lag(sequence) OVER (PARTITION BY org ORDER BY position) AS before
          FROM tally.events
         WHERE position > %b AND position <= %b) f
 WHERE f.before IS DISTINCT FROM f.sequence - 1
   AND EXISTS (SELECT
                 FROM tally.shard s
                 LEFT JOIN tally.projections p ON p.name = %b AND p.shard = s.id
                 JOIN tally.events e ON e.position <= s.position
                                    AND e.position
                                         > coalesce(p.position, {base_in_sql("s.id")})
                WHERE s.id <> %b AND e.org = f.org AND e.sequence = f.sequence - 1)
"""
_PROGRESS = f"""
SELECT coalesce(p.position, {base_in_sql("s.id")}), p.planned
  FROM tally.shard s LEFT JOIN tally.projections p ON p.name = %b AND p.shard = s.id
 ORDER BY s.id
"""
_BEGIN = f"""
INSERT INTO tally.projections (name, position)
SELECT %b, {base_in_sql("s.id")}
  FROM tally.shard s
 WHERE NOT EXISTS (SELECT FROM tally.projections p WHERE p.name = %b AND p.shard = s.id)
    ON CONFLICT DO NOTHING
RETURNING position
"""
_PLAN = """
UPDATE tally.projections SET planned = %b::bigint
 WHERE name = %b AND position = %b AND planned IS NULL
RETURNING 1
"""
_PARKED = """
SELECT sequence, org FROM tally.projection_heads WHERE name = %b AND parked_us IS NOT NULL
 ORDER BY org
"""
_PARK = """
WITH moved AS (
    UPDATE tally.projections SET position = %b, planned = NULL
     WHERE name = %b AND position = %b AND planned IS NOT DISTINCT FROM %b::bigint
    RETURNING name
)
INSERT INTO tally.projection_heads (org, name, sequence, parked_us, why)
SELECT %b, moved.name, %b, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, %b
  FROM moved
    ON CONFLICT (org, name) DO UPDATE
   SET sequence = excluded.sequence, parked_us = excluded.parked_us, why = excluded.why
RETURNING 1
"""
_PARKED_PAGE = f"""
SELECT {_EVENT}
  FROM (SELECT {_EVENT},
               sum(octet_length(body)) OVER (ORDER BY sequence) - octet_length(body) AS before
          FROM (SELECT {_EVENT}
                  FROM tally.events e
                 WHERE e.org = %b AND e.sequence > %b
                   AND EXISTS (SELECT FROM tally.projections p
                                WHERE p.name = %b AND p.shard = {shard_in_sql("e.position")}
                                  AND p.position >= e.position)
                 ORDER BY e.sequence
                 LIMIT %b) next) page
 WHERE before < %b
 ORDER BY sequence
"""
_ARCHIVED_HEADS = """
INSERT INTO tally.projection_heads (org, name, sequence)
SELECT a.org, %b, max(a.last_sequence) FROM tally.archive_chains a GROUP BY a.org
"""
_UNPARK = """
UPDATE tally.projection_heads SET parked_us = NULL, why = NULL
 WHERE sequence = %b AND org = %b AND name = %b AND parked_us IS NOT NULL
RETURNING 1
"""
_HEADS = """SELECT n.org, moved.name, n.sequence
      FROM moved, unnest(%b::text[], %b::bigint[]) AS n (org, sequence)"""


def moving(rest: str, heads: str | None = _HEADS) -> Mapping[type[Place], str]:
    """Return the statement that moves a position, and the heads of orgs, and what is done with
    it; and the same for the sequence of an org that is set aside."""
    in_a_shard = """
WITH moved AS (
    UPDATE tally.projections SET position = %b, planned = NULL
     WHERE name = %b AND position = %b AND planned IS NOT DISTINCT FROM %b::bigint
    RETURNING name
)"""
    if heads is not None:
        in_a_shard += f""", heads AS (
    INSERT INTO tally.projection_heads AS h (org, name, sequence)
    {heads}
        ON CONFLICT (org, name) DO UPDATE SET sequence = greatest(h.sequence, excluded.sequence)
)"""
    of_an_org = """
WITH moved AS (
    UPDATE tally.projection_heads SET sequence = %b
     WHERE name = %b AND sequence = %b AND org = %b AND parked_us IS NOT NULL
    RETURNING name
)"""
    return {Progress: in_a_shard + rest, Parked: of_an_org + rest}


_CONFIRM = moving(" SELECT FROM moved")
_TYPES: Mapping[Any, str] = {
    str: "text",
    int: "bigint",
    bytes: "bytea",
    bool: "boolean",
    Sum: "numeric",
    str | None: "text",
    int | None: "bigint",
}
"""What columns are, as statements know them; the table's own type may be narrower."""

_SENT: Mapping[Any, str] = {Sum: "text"}
"""What they are sent as, if not so."""


def _whole(values: Sequence[int]) -> arrays.Packed:
    return arrays.texts(list(map(str, values)))


_PACKED: Mapping[Any, Callable[[Sequence[Any]], arrays.Packed]] = {
    str: arrays.texts,
    int: arrays.int8s,
    bytes: arrays.byteas,
    bool: arrays.bools,
    Sum: _whole,
    str | None: arrays.texts_or_null,
    int | None: arrays.int8s_or_null,
}


class PostgresProjection(Connecting):
    """The progress of one projection. To close the connection gives up the claim."""

    def __init__(self, url: str, name: str, recent: RecentEvents | None = None) -> None:
        super().__init__(url)
        self.name = name
        self._recent = recent or RecentEvents(0)
        self.purpose = f"projection {name}"

    def claim(self) -> bool:
        """Become the one active runner; False while another is."""
        ((claimed,),) = self._run(
            "SELECT pg_try_advisory_lock(%b::int, hashtext(%b))", [_LOCKS, self.name]
        )
        return bool(claimed)

    def progress(self) -> list[Progress]:
        """Return how far it is in each shard."""
        return [Progress(*row) for row in self._run(_PROGRESS, [self.name])]

    def begin(self) -> list[int]:
        """Begin to follow the shards that it has not followed yet; return where each begins."""
        return [position for (position,) in self._run(_BEGIN, [self.name, self.name])]

    def page(self, after: int, news_s: float = 0.0) -> Sequence[RecordedEvent]:
        """Return the next events of a shard, at most `PAGE_EVENTS` and about `PAGE_BYTES`."""
        return self._recent.after(self.name, after, lambda: self._read_page(after), news_s)

    def _read_page(self, after: int) -> list[RecordedEvent]:
        """Return the next page from the store; a follower of few events reads others."""
        rows = self._run(_PAGE, [after, end_of(after), PAGE_EVENTS, PAGE_BYTES])
        return [RecordedEvent(*row) for row in rows]

    def reach(self, after: int, until: int) -> int:
        """Return how far of a range of positions can be taken."""
        ((before,),) = self._run(_REACH, [after, until, self.name, shard_of(after)])
        return until if before is None else int(before)

    def span(self, after: int, until: int) -> list[RecordedEvent]:
        """Return all events of a range."""
        rows = self._run(
            f"SELECT {_EVENT} FROM tally.events WHERE position > %b AND position <= %b "
            "ORDER BY position",
            [after, until],
        )
        return [RecordedEvent(*row) for row in rows]

    def parked(self) -> list[Parked]:
        """Return the orgs that are set aside."""
        return [Parked(*row) for row in self._run(_PARKED, [self.name])]

    def park(self, before: Progress, event: RecordedEvent, why: str) -> Progress:
        """Move the position over an event, and set its org aside from it on."""
        reason = why.replace("\0", "")[:WHY_MAX]
        place = [event.position, self.name, *before, event.org, event.sequence - 1, reason]
        self._changed(self._run(_PARK, place))
        return Progress(event.position, None)

    def parked_page(self, parked: Parked) -> list[RecordedEvent]:
        """Return the next events of an org that is set aside, up to where the projection is."""
        sequence, org = parked
        rows = self._run(_PARKED_PAGE, [org, sequence, self.name, PAGE_EVENTS, PAGE_BYTES])
        return [RecordedEvent(*row) for row in rows]

    def unpark(self, parked: Parked) -> None:
        """Follow an org with the others again."""
        self._changed(self._run(_UNPARK, [*parked, self.name]))

    def plan(self, before: Progress, until: int) -> Progress:
        """Persist the end of the range that is about to be written elsewhere."""
        self._changed(self._run(_PLAN, [until, self.name, before.position]))
        return Progress(before.position, until)

    def confirm(self, before: P, until: int, heads: Mapping[str, int]) -> P:
        """Move the position, or the sequence of an org that is set aside."""
        return self._moved(_CONFIRM, before, until, _columns(heads))

    def _moved(
        self,
        statements: Mapping[type[Place], str],
        before: P,
        until: int,
        heads: Sequence[object],
        rest: Sequence[object] = (),
    ) -> P:
        """Run the statement that moves what a page is applied from. `heads`: its parameters for
        those of orgs."""
        place = [until, self.name, *before]
        place += rest if isinstance(before, Parked) else [*heads, *rest]
        try:
            self._changed(self._run(statements[type(before)], place))
        except Unavailable as error:
            if isinstance(error.__cause__, psycopg.DataError):
                raise Unstorable(error.detail) from error
            raise
        return before.moved(until)

    def _changed(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            raise Superseded(f"another runner moved the projection {self.name}.")


class PostgresReadModel(PostgresProjection):
    """A read model: rows in its table, and how far they go.

    Its commits need not be durable: what a crash of the server takes is followed again, since rows
    and position go together. Whatever is done because of them is, and so are they by then.
    """

    is_durable = False

    def __init__(self, url: str, model: Model[Any], recent: RecentEvents | None = None) -> None:
        super().__init__(url, model.name, recent)
        self._model = model
        self._apply = moving(f", rows AS ({writing(model, 'moved, ')}) SELECT FROM moved")

    def claim(self) -> bool:
        """Become the one active runner. Rows that are added up begin from none, where nothing is
        applied yet, but for those of archived events."""
        if not super().claim():
            return False
        if isinstance(self._model, Summary) and all(map(_is_base, self.progress())):
            self._begin_anew(self._model)
        return True

    def _begin_anew(self, model: Summary[Any]) -> None:
        with unavailable(), self._connected().transaction():
            self._run("SET LOCAL statement_timeout = 0", [])
            self._run(f"DELETE FROM tally.{self.name}", [])
            self._run("DELETE FROM tally.projection_heads WHERE name = %b", [self.name])
            self._run(_ARCHIVED_HEADS, [self.name])
            if outlives_archives(model):
                sums = archived_sums(model, archived_lines(self._connected()))
                rows = [(*key, *row) for key, row in sums.items()]
                self._run(writing(model), packed(model, rows))

    def apply(self, before: P, until: int, heads: Mapping[str, int], rows: Sequence[Row]) -> P:
        """Write rows and move the position: one statement, so whole or not at all."""
        return self._moved(self._apply, before, until, _columns(heads), packed(self._model, rows))


def _columns(heads: Mapping[str, int]) -> list[object]:
    return [list(heads), list(heads.values())]


def end_of(position: int) -> int:
    """Return the last number that may be a position of the shard of one."""
    return base_of(shard_of(position) + 1)


def _is_base(at: Progress) -> bool:
    return number_of(at.position) == 0 and at.planned is None


def writing(model: Model[Any], when: str = "", table: str | None = None) -> str:
    """Return the statement that writes rows of a read model over, or into, those that are there.
    `when`: what it joins, so as to write only if there is a row of that."""
    sent = ", ".join(f"%b::{_SENT.get(type_, _TYPES[type_])}[]" for type_ in model.columns.values())
    names = ", ".join(model.columns)
    casts = ", ".join(f"n.{name}::{_TYPES[type_]}" for name, type_ in model.columns.items())
    taken = ", ".join(
        f"{name} = {_taken(model, name)}" for name in model.columns if name not in model.key
    )
    return f"""
    INSERT INTO {table or f"tally.{model.name}"} AS t ({names})
    SELECT {casts} FROM {when}unnest({sent}) AS n ({names})
        ON CONFLICT ({", ".join(model.key)}) DO UPDATE SET {taken}
"""


def packed(model: Model[Any], rows: Sequence[Row]) -> list[arrays.Packed]:
    """Return the parameters of that statement: rows, column by column."""
    types = model.columns.values()
    columns = arrays.columns(rows, len(types))
    return [_PACKED[type_](column) for type_, column in zip(types, columns, strict=True)]


def _taken(model: Model[Any], name: str) -> str:
    """Return what a column becomes of what is there and what comes."""
    if not isinstance(model, Summary):
        return f"excluded.{name}"
    if name in model.added:
        return f"t.{name} + excluded.{name}"
    old, new = f"t.{name}", f"excluded.{name}"
    if name in model.least | model.greatest:  # null is no value to either
        return f"{'least' if name in model.least else 'greatest'}({old}, {new})"
    return f"coalesce({old}, {new})" if name in model.firsts else f"coalesce({new}, {old})"
