"""The statements of a snapshot."""

from __future__ import annotations

from typing import Any

from psycopg import sql

from adapters.postgres.shards import base_in_sql, shard_in_sql
from ledger.kernel.shards import base_of
from ledger.ports import RecordedEvent
from ledger.tables import TABLES
from ledger.verification.evidence import Scope
from ledger.verification.stored_rows import COLUMNS
from projections.followers import STORED
from projections.read_model import KEY, Model

_EVENT = ", ".join(RecordedEvent._fields)
_KEY = ", ".join(f"t.{name}" for name in KEY)

EVENTS_OF = f"SELECT {_EVENT} FROM tally.events WHERE org = %b AND sequence = %b ORDER BY position"
EVENTS_OF_TYPE = f"SELECT {_EVENT} FROM tally.events WHERE org = %b AND type = %b ORDER BY position"

_WITH_ORGS = (
    *("events", "heads", "trees", "tiles", "checkpoints", "keys", "balances", "due", "snapshots"),
    *TABLES,
    *("cap_counters", "meter_counters", "texts", "projection_heads"),
    *STORED,
)
# Orgs are found by jumping along an index that begins with them: they are few, rows are many.
_ORGS = """
WITH RECURSIVE found (org) AS (
    (SELECT org FROM tally.{table} ORDER BY org LIMIT 1)
    UNION ALL
    SELECT (SELECT t.org FROM tally.{table} t WHERE t.org > f.org ORDER BY t.org LIMIT 1)
      FROM found f WHERE f.org IS NOT NULL
)
SELECT org FROM found WHERE org IS NOT NULL
"""
ORGS = " UNION ".join(f"({_ORGS.format(table=table)})" for table in _WITH_ORGS) + " ORDER BY org"

TREES = """
SELECT org, coalesce(t.size, 0), coalesce(t.hash, ''), coalesce(t.recorded_us, 0), t.unsigned_us,
       coalesce(t.signed, 0), coalesce(t.sealed_us, 0), t.refused, coalesce(c.size, 0),
       coalesce(c.sealed_us, 0)
  FROM tally.trees t
  FULL JOIN (SELECT DISTINCT ON (org) org, size, sealed_us
               FROM tally.checkpoints
              ORDER BY org, size DESC, access_sequence DESC) c USING (org)
 ORDER BY org
"""

CHECKPOINTS = """
SELECT c.org, c.size, c.root, c.recorded_us, c.note, c.sealed_us, c.access_sequence
  FROM unnest(%b::text[], %b::bigint[], %b::bigint[]) AS n (org, after, until)
  JOIN tally.checkpoints c ON c.org = n.org AND c.size > n.after AND c.size <= n.until
 ORDER BY c.org, c.size, c.access_sequence
"""

NEWEST_LOGS = """
SELECT DISTINCT ON (org) org, size, root, recorded_us, note, sealed_us, access_sequence
  FROM tally.checkpoints
 WHERE access_sequence > 0
 ORDER BY org, access_sequence DESC
"""

TILES = """
SELECT t.org, t.level, t.tile, t.hashes
  FROM unnest(%b::text[], %b::int[], %b::bigint[]) AS n (org, level, tile)
  JOIN tally.tiles t USING (org, level, tile)
"""

TILE_HASHES = """
SELECT org, level, (sum(octet_length(hashes)) / 32)::bigint FROM tally.tiles GROUP BY org, level
 ORDER BY org, level
"""

KEYS = """
SELECT k.org, k.space, k.key, k.sequence, k.line, k.fingerprint
  FROM unnest(%b::text[], %b::text[], %b::text[]) AS n (org, space, key)
  JOIN tally.keys k USING (org, space, key)
"""

TEXTS = """
SELECT org, digest, kind, person, salt, content FROM tally.texts
 WHERE salt IS NOT NULL OR content IS NOT NULL
"""

ERASED_TEXTS = "SELECT org, digest FROM tally.texts WHERE salt IS NULL AND content IS NULL"

TEXT_OWNERS = """
SELECT org, digest, kind, person FROM unnest(%b::text[], %b::text[]) AS n (org, digest)
  JOIN tally.texts USING (org, digest)
"""

# By jumping from shard to shard along the positions: a shard's are below those of the next.
LAST_POSITIONS = f"""
WITH RECURSIVE last (position) AS (
    (SELECT position FROM tally.events ORDER BY position DESC LIMIT 1)
    UNION ALL
    SELECT (SELECT e.position FROM tally.events e
             WHERE e.position < {base_in_sql(shard_in_sql("l.position"))}
             ORDER BY e.position DESC LIMIT 1)
      FROM last l WHERE l.position IS NOT NULL
)
SELECT position FROM last WHERE position IS NOT NULL
"""

PARKED = """
SELECT org, sequence FROM tally.projection_heads WHERE name = %b AND parked_us IS NOT NULL
"""

UNFINISHED = """
SELECT EXISTS (SELECT FROM tally.projections WHERE name = %b AND planned IS NOT NULL)
    OR EXISTS (SELECT FROM tally.projection_heads WHERE name = %b AND parked_us IS NOT NULL)
"""

# A read model that has applied everything has every head; else its last event is looked up.
WRONG_FOLLOWER_HEADS = f"""
WITH followers AS (
    SELECT p.name, count(*) FILTER (WHERE p.position >= s.position) >= (
               SELECT count(*) FROM tally.shard s WHERE s.position > {base_in_sql("s.id")}
           ) AS is_done
      FROM tally.projections p
      LEFT JOIN tally.shard s ON s.id = p.shard AND s.position > {base_in_sql("s.id")}
     WHERE p.name = ANY (%b::text[])
     GROUP BY p.name
), rights AS (
    SELECT h.org, f.name,
           CASE WHEN f.is_done THEN h.sequence ELSE greatest(
               (SELECT e.sequence FROM tally.events e
                  JOIN tally.projections p ON p.name = f.name
                                          AND p.shard = {shard_in_sql("e.position")}
                 WHERE e.org = h.org AND e.position <= p.position
                 ORDER BY e.sequence DESC LIMIT 1),
               (SELECT max(a.last_sequence) FROM tally.archive_chains a WHERE a.org = h.org))
           END AS sequence
      FROM tally.heads h CROSS JOIN followers f
)
SELECT org, name, s.sequence, r.sequence
  FROM rights r FULL JOIN tally.projection_heads s USING (org, name)
 WHERE s.sequence IS DISTINCT FROM r.sequence
   AND (s.parked_us IS NULL OR s.sequence > coalesce(r.sequence, 0))
 ORDER BY org, name
"""


def model_rows(model: Model[Any]) -> str:
    """Return the query for the rows of spans of a read model."""
    return f"""
SELECT {", ".join(f"t.{name}" for name in model.columns)}
  FROM unnest(%b::text[], %b::bigint[], %b::bigint[]) AS n (org, after, until)
 CROSS JOIN LATERAL (
       SELECT * FROM tally.{model.name} t
        WHERE t.org = n.org AND t.sequence > n.after AND t.sequence <= n.until
        ORDER BY {_KEY}) t
"""


def stray_row(model: Model[Any]) -> str:
    """Return the query for the first row of a read model without an event, and how many there
    are."""
    return f"""
WITH asked (orgs) AS (VALUES (%b::text[]))
SELECT {_KEY}, count(*) OVER ()
  FROM tally.{model.name} t, asked
 WHERE (orgs IS NULL OR t.org = ANY (orgs))
   AND NOT EXISTS (SELECT FROM tally.events e WHERE e.org = t.org AND e.sequence = t.sequence)
   AND NOT EXISTS (SELECT FROM tally.archive_chains a  -- these were compared one by one
                    WHERE a.org = t.org
                      AND t.sequence BETWEEN a.first_sequence AND a.last_sequence)
 ORDER BY {_KEY}
 LIMIT 1
"""


def rows_of(scope: Scope, shard: int, gap: int = 0) -> sql.Composed:
    """Return the COPY of the events of a scope in a shard after the position `gap`.

    It takes no parameters, so values are quoted literals.
    """
    source, conditions = sql.Composed([sql.SQL("tally.events e")]), [sql.SQL("true").format()]
    bounds = sql.SQL("e.position >= {} AND e.position < {}")
    conditions.append(bounds.format(base_of(shard), base_of(shard + 1)))
    if after := max(scope.positions.get(shard, 0), gap):
        conditions.append(sql.SQL("e.position > {}").format(sql.Literal(after)))
    if scope.orgs is not None:
        names = sql.SQL(", ").join(map(sql.Literal, sorted(scope.orgs)))
        conditions.append(sql.SQL("e.org IN ({})").format(names))
    if scope.after:
        rows = sql.SQL(", ").join(
            sql.SQL("({}, {})").format(sql.Literal(org), sql.Literal(after))
            for org, after in sorted(scope.after.items())
        )
        source += sql.SQL(" LEFT JOIN (VALUES {}) s (of, after) ON s.of = e.org").format(rows)
        conditions.append(sql.SQL("(s.of IS NULL OR e.sequence > s.after)").format())
    columns = sql.SQL(", ").join(sql.SQL(f"e.{column}") for column in COLUMNS)
    return sql.SQL(
        "COPY (SELECT {} FROM {} WHERE {} ORDER BY e.position, e.org, e.sequence) "
        "TO STDOUT (FORMAT BINARY)"
    ).format(columns, source, sql.SQL(" AND ").join(conditions))
