"""Key uses in PostgreSQL, as the writer: `schemas/postgres/0038_tenancy_key_uses.sql`."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.postgres import arrays
from adapters.postgres.connection import Connecting

_PUT = """
INSERT INTO tally.key_uses AS u (org, key, last_used_us)
SELECT n.org, n.key, n.last_used_us
  FROM unnest(%b::text[], %b::text[], %b::bigint[]) AS n (org, key, last_used_us)
 ORDER BY n.org, n.key
    ON CONFLICT (org, key) DO UPDATE
   SET last_used_us = excluded.last_used_us
 WHERE u.last_used_us < excluded.last_used_us
"""


class PostgresKeyUses(Connecting):
    """Keeps the last use of each key."""

    purpose = "key uses"

    def put(self, uses: Mapping[tuple[str, str], int]) -> None:
        self._run(_PUT, arrays.columns([(*key, us) for key, us in uses.items()], 3))
