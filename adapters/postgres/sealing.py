"""Sealing: what the sealer keeps in PostgreSQL: tiles, where trees stand, checkpoints.

One connection, which also holds the advisory lock of the one active sealer: whoever has lost the
lock has lost the connection and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from adapters.postgres.access_log import COLUMNS, link_of
from adapters.postgres.read_models import PostgresProjection
from adapters.postgres.shards import base_in_sql
from ledger.access_log.log import AccessLink
from ledger.kernel.errors import Unavailable
from ledger.kernel.shards import base_of, shard_of
from ledger.ports import RecordedEvent
from ledger.proof.sealing import SEALER, CheckpointRow, TileGained, TreeRow
from ledger.proof.tiles import HASH_BYTES, Tile
from projections.ports import Superseded

PAGE_EVENTS = 10_000
PAGE_BYTES = 16_000_000
"""More than other followers take at once: a page with many orgs then grows each tree by more."""

WAIT = "1s"
"""How long a statement waits for a lock: the shards that nobody has locked come after it."""

_EVENT = ", ".join(RecordedEvent._fields)
# Of one shard by its ends, which are written out: so no plan of it touches another's partitions.
_PAGE = f"""
SELECT {_EVENT}
  FROM (SELECT {_EVENT},
               sum(octet_length(body)) OVER (ORDER BY position) - octet_length(body) AS before
          FROM tally.events
         WHERE position > %b AND position > {{base}} AND position < {{end}}
         ORDER BY position
         LIMIT %b) page
 WHERE before < %b
"""
_POSITIONS = f"""
SELECT p.position, coalesce(s.position, {base_in_sql("p.shard")})
  FROM tally.projections p LEFT JOIN tally.shard s ON s.id = p.shard
 WHERE p.name = %b
 ORDER BY p.shard
"""
_TREES = """
SELECT t.org, t.size, t.hash, t.recorded_us, t.signed, t.refused
  FROM unnest(%b::text[]) AS n (org) JOIN tally.trees t USING (org)
"""
_LAST_CHECKPOINTS = """
SELECT c.org, c.size, c.root, c.recorded_us, c.note, c.access_sequence
  FROM unnest(%b::text[]) AS n (org)
 CROSS JOIN LATERAL (SELECT * FROM tally.checkpoints c
                      WHERE c.org = n.org
                      ORDER BY c.size DESC, c.access_sequence DESC LIMIT 1) c
"""
_RECENT = """
SELECT org, size, root, recorded_us, note, access_sequence
  FROM tally.checkpoints ORDER BY sealed_us DESC LIMIT 10
"""
_TILES = """
SELECT t.org, t.level, t.tile, t.hashes
  FROM unnest(%b::text[], %b::int[], %b::bigint[]) AS n (org, level, tile)
  JOIN tally.tiles t USING (org, level, tile)
"""
_MISSED = f"""
SELECT {_EVENT}
  FROM tally.events
 WHERE org = %b AND sequence > %b AND sequence <= %b
 ORDER BY sequence
 LIMIT %b
"""
# By what is signed, not by what is said of it.
_UNSIGNED = """
SELECT t.org
  FROM tally.trees t
  LEFT JOIN LATERAL (SELECT c.size FROM tally.checkpoints c
                      WHERE c.org = t.org ORDER BY c.size DESC LIMIT 1) c ON true
 WHERE t.size > coalesce(c.size, 0) AND t.refused IS NULL
"""
_GROWN_LOGS = """
SELECT a.org
  FROM tally.access_heads a
  JOIN tally.trees t ON t.org = a.org AND t.size > 0 AND t.refused IS NULL
  LEFT JOIN LATERAL (SELECT c.access_sequence FROM tally.checkpoints c WHERE c.org = a.org
                      ORDER BY c.size DESC, c.access_sequence DESC LIMIT 1) c ON true
 WHERE a.sequence > coalesce(c.access_sequence, 0)
 ORDER BY a.org
 LIMIT %b
"""
_LOG = f"""
SELECT {COLUMNS} FROM tally.access_log WHERE org = %b AND sequence > %b ORDER BY sequence LIMIT %b
"""
_BEHIND = """
SELECT h.org, h.sequence
  FROM tally.heads h
  LEFT JOIN tally.trees t ON t.org = h.org
 WHERE h.sequence > coalesce(t.size, 0)
   AND EXISTS (SELECT FROM tally.events e
                WHERE e.org = h.org AND e.sequence = coalesce(t.size, 0) + 1
                  AND e.position <= %b AND e.position > {base} AND e.position < {end})
 ORDER BY h.org
"""
_MOVE = """
UPDATE tally.projections SET position = %b
 WHERE name = %b AND position = %b
RETURNING 1
"""
_GAIN = f"""
WITH gained AS (
    SELECT * FROM unnest(%b::text[], %b::int[], %b::bigint[], %b::int[], %b::bytea[])
                  AS n (org, level, tile, start, hashes)
), begun AS (
    INSERT INTO tally.tiles (org, level, tile, hashes)
    SELECT org, level, tile, hashes FROM gained WHERE start = 0
        ON CONFLICT DO NOTHING
    RETURNING org, level, tile
), grown AS (
    UPDATE tally.tiles t SET hashes = t.hashes || g.hashes
      FROM gained g
     WHERE g.start > 0 AND t.org = g.org AND t.level = g.level AND t.tile = g.tile
       AND octet_length(t.hashes) = g.start * {HASH_BYTES}
    RETURNING t.org, t.level, t.tile
)
SELECT org FROM gained
 WHERE (org, level, tile) NOT IN (SELECT * FROM begun UNION ALL SELECT * FROM grown)
"""
_STAND = """
INSERT INTO tally.trees AS t (org, size, hash, recorded_us, unsigned_us)
SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bytea[], %b::bigint[], %b::bigint[])
    ON CONFLICT (org) DO UPDATE
   SET size = excluded.size, hash = excluded.hash, recorded_us = excluded.recorded_us,
       unsigned_us = CASE WHEN excluded.size > t.signed
                          THEN coalesce(t.unsigned_us, excluded.unsigned_us) END,
       refused = NULL
"""
_REFUSE = """
INSERT INTO tally.trees AS t (org, size, hash, recorded_us, unsigned_us, refused)
SELECT n.org, 0, '', 0, n.unsigned_us, n.refused
  FROM unnest(%b::text[], %b::bigint[], %b::text[]) AS n (org, unsigned_us, refused)
    ON CONFLICT (org) DO UPDATE
   SET unsigned_us = coalesce(t.unsigned_us, excluded.unsigned_us), refused = excluded.refused
"""
_READMIT = """
UPDATE tally.trees
   SET refused = NULL, unsigned_us = CASE WHEN size > signed THEN unsigned_us END
 WHERE org = ANY (%b::text[]) AND refused IS NOT NULL
"""
_SIGN = """
WITH signed AS (
    INSERT INTO tally.checkpoints
           (org, size, root, recorded_us, note, access_sequence, sealed_us)
    SELECT n.*,
           greatest((extract(epoch FROM statement_timestamp()) * 1000000)::bigint, %b::bigint + 1)
      FROM unnest(%b::text[], %b::bigint[], %b::bytea[], %b::bigint[], %b::text[], %b::bigint[]) n
    RETURNING org, size, sealed_us
)
UPDATE tally.trees t
   SET signed = s.size, sealed_us = s.sealed_us, unsigned_us = NULL
  FROM signed s
 WHERE t.org = s.org AND t.size = s.size
RETURNING s.sealed_us
"""


class TilesDisagree(Superseded):
    """Stored tiles are not what the trees of these orgs say; nothing was written."""

    code = "tiles_disagree"

    def __init__(self, orgs: Iterable[str]) -> None:
        self.orgs = sorted(set(orgs))
        super().__init__(f"stored tiles are not as they were left: {', '.join(self.orgs)}.")


class PostgresSealing(PostgresProjection):
    """The store of the sealer. Every method raises Unavailable when it does not answer."""

    def __init__(self, url: str) -> None:
        super().__init__(url, SEALER)

    def claim(self) -> bool:
        """Become the one active sealer; False while another is."""
        if not super().claim():
            return False
        self._run("SELECT set_config('lock_timeout', %b, false)", [WAIT])
        return True

    # -- reading -----------------------------------------------------------------------------

    @property
    def is_claimed(self) -> bool:
        """Whether the connection that holds the claim is still there."""
        return self._connection is not None and not self._connection.closed

    def positions(self) -> list[tuple[int, int]]:
        """Return how far each shard is followed, and the last position that it has given out."""
        return [(at, last) for at, last in self._run(_POSITIONS, [self.name])]

    def _read_page(self, after: int) -> list[RecordedEvent]:
        """Return the next events of the shard of a position, at most `PAGE_EVENTS` and about
        `PAGE_BYTES`."""
        rows = self._run(_of_shard(_PAGE, after), [after, PAGE_EVENTS, PAGE_BYTES])
        return [RecordedEvent(*row) for row in rows]

    def trees(self, orgs: Iterable[str]) -> dict[str, TreeRow]:
        """Return where the trees of orgs stand; orgs without one are left out."""
        return {row[0]: TreeRow(*row) for row in self._run(_TREES, [list(orgs)])}

    def last_checkpoints(self, orgs: Iterable[str]) -> dict[str, CheckpointRow]:
        """Return the newest checkpoint of each org that has one."""
        rows = self._run(_LAST_CHECKPOINTS, [list(orgs)])
        return {row[0]: CheckpointRow(*row) for row in rows}

    def recent_checkpoints(self) -> list[CheckpointRow]:
        """Return a few of the checkpoints signed last, of whichever orgs."""
        rows = self._run(_RECENT, [])
        return [CheckpointRow(*row) for row in rows]

    def tiles(self, wanted: Iterable[tuple[str, Tile]]) -> dict[str, dict[Tile, bytes]]:
        """Return stored tiles by org; those that are not stored are left out."""
        rows = [(org, tile.level, tile.number) for org, tile in wanted]
        columns = [list(each) for each in zip(*rows, strict=True)] or [[], [], []]
        found: dict[str, dict[Tile, bytes]] = {}
        for org, level, number, hashes in self._run(_TILES, columns):
            found.setdefault(org, {})[Tile(level, number)] = hashes
        return found

    def missed(self, org: str, after: int, until: int) -> list[RecordedEvent]:
        """Return an org's next events after a sequence, up to another, of whichever shards: at most
        a page."""
        rows = self._run(_MISSED, [org, after, until, PAGE_EVENTS])
        return [RecordedEvent(*row) for row in rows]

    def unsigned(self) -> list[str]:
        """Return the orgs whose trees have grown since they were signed."""
        return [org for (org,) in self._run(_UNSIGNED, [])]

    def behind(self, position: int) -> dict[str, int]:
        """Return the orgs whose trees lack an event that is stored up to a position of its shard,
        and where their chains end."""
        return dict(self._run(_of_shard(_BEHIND, position), [position]))

    def refused(self) -> list[str]:
        """Return the orgs that are not sealed any further."""
        rows = self._run("SELECT org FROM tally.trees WHERE refused IS NOT NULL ORDER BY org", [])
        return [org for (org,) in rows]

    def last_sealed_us(self) -> int:
        """Return when something was last signed; 0: never."""
        ((sealed_us,),) = self._run("SELECT coalesce(max(sealed_us), 0) FROM tally.checkpoints", [])
        return int(sealed_us)

    def grown_logs(self, limit: int) -> list[str]:
        """Return the orgs whose access logs end after what their newest checkpoint says; at most
        some."""
        return [org for (org,) in self._run(_GROWN_LOGS, [limit])]

    def access_links(self, org: str, after: int) -> list[AccessLink]:
        """Return the next entries of an org's access log: at most a page."""
        rows = self._run(_LOG, [org, after, PAGE_EVENTS])
        return [link_of(row) for row in rows]

    # -- writing -----------------------------------------------------------------------------

    def apply(
        self,
        before: int,
        until: int,
        tiles: Sequence[TileGained],
        trees: Mapping[str, tuple[int, bytes, int, int]],
    ) -> None:
        """Write what tiles gained and where trees stand, and move the position of a shard, all or
        nothing.

        `trees`: size, hash and recorded time of the last event, recorded time of the first event
        added. Raises Superseded, or TilesDisagree.
        """
        gained = [list(each) for each in zip(*tiles, strict=True)] or [[]] * 5
        stand = [(org, *row) for org, row in trees.items()]
        with self._transaction():
            self._changed(self._run(_MOVE, [until, self.name, before]))
            if wrong := self._run(_GAIN, gained):
                raise TilesDisagree(org for (org,) in wrong)
            if stand:
                self._run(_STAND, [list(each) for each in zip(*stand, strict=True)])

    def refuse(self, refusals: Sequence[tuple[str, int, str]]) -> None:
        """Record that orgs are not sealed any further: org, time of the first event, why."""
        self._run(_REFUSE, [list(each) for each in zip(*refusals, strict=True)])

    def readmit(self, orgs: Sequence[str]) -> None:
        """Record that orgs are sealed again."""
        self._run(_READMIT, [list(orgs)])

    def sign(self, after_us: int, checkpoints: Sequence[CheckpointRow]) -> int:
        """Store the checkpoints of one signing, at least one; return when that was: by the store's
        clock, as ours may be wrong, and after the one before. Raises Superseded."""
        columns = [list(each) for each in zip(*checkpoints, strict=True)]
        with self._transaction():
            signed = self._run(_SIGN, [after_us, *columns])
            if len(signed) != len(checkpoints):
                raise Superseded("a tree is not where it was left: nothing was signed.")
        return int(signed[0][0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        connection: psycopg.Connection[Any] | None = self._connection
        if connection is None or connection.closed:
            raise Unavailable("the connection is lost, and the claim with it.")
        try:
            with connection.transaction():
                yield
        except psycopg.Error as error:
            raise Unavailable(f"PostgreSQL does not take it: {error}") from error


def _of_shard(query: str, position: int) -> str:
    """Return a query about the shard of a position."""
    shard = shard_of(position)
    return query.format(base=base_of(shard), end=base_of(shard + 1))
