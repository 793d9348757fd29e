"""The wallet snapshots: written by its follower, and read by verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.postgres import arrays
from adapters.postgres.read_models import PostgresProjection, moving
from ledger.credits.wallet_snapshot import (
    EVERY,
    Movement,
    Sum,
    Totals,
    WalletSnapshotRow,
    WalletVersion,
)
from ledger.kernel.ids import split_stream_id
from ledger.kernel.shards import shard_of
from ledger.ports import RecordedEvent
from ledger.replay import Move
from projections.credits.wallet_snapshots import PAGE_POSITIONS, WalletSpan
from projections.ports import P

PAGE_MOVES = 500
PAGE_BYTES = 8_000_000

_EVENT = ", ".join(RecordedEvent._fields)

# The events after which a snapshot stands in the next positions, and the last one there: how far
# the page reaches, which is not beyond the transactions that totals are made of.
_PAGE = f"""
WITH reach AS (
    SELECT max(p.position) AS position
      FROM (SELECT position FROM tally.events
             WHERE position > %b
               AND position <= (SELECT t.position FROM tally.projections t
                                 WHERE t.name = 'transactions' AND t.shard = %b)
             ORDER BY position LIMIT %b) p
)
SELECT {_EVENT}
  FROM tally.events e
 WHERE e.position > %b AND e.position <= (SELECT r.position FROM reach r)
   AND ((e.version %% %b = 0 AND starts_with(e.stream, 'wallet/'))
        OR e.position = (SELECT r.position FROM reach r))
 ORDER BY e.position
"""
ROWS = f"""
SELECT {", ".join(f"s.{name}" for name in WalletSnapshotRow._fields)}
  FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[]) AS n (org, owner, asset, version)
  JOIN tally.wallet_snapshots s USING (org, owner, asset, version)
"""
SUMS = """
SELECT n.place, s.category, s.is_in, s.amount, s.count
  FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[])
       WITH ORDINALITY AS n (org, owner, asset, after, until, place)
 CROSS JOIN LATERAL (
       SELECT t.category, t.amount >= 0 AS is_in, sum(abs(t.amount::numeric))::text AS amount,
              count(*) AS count
         FROM tally.transactions t
        WHERE t.org = n.org AND t.owner = n.owner AND t.asset = n.asset
          AND t.sequence > n.after AND t.sequence <= n.until
        GROUP BY t.category, t.amount >= 0) s
"""
STRAYS = """
WITH asked (orgs) AS (VALUES (%b::text[]))
SELECT s.org, s.owner, s.asset, s.version, count(*) OVER ()
  FROM tally.wallet_snapshots s, asked
 WHERE (orgs IS NULL OR s.org = ANY (orgs))
   AND (s.version <= 0 OR s.version %% %b <> 0
        OR NOT EXISTS (SELECT FROM tally.balances b
                        WHERE b.org = s.org AND b.owner = s.owner AND b.asset = s.asset
                          AND b.version >= s.version))
 ORDER BY s.org, s.owner, s.asset, s.version
 LIMIT 1
"""
_MOVES = """
SELECT version, recorded_us, type, body
  FROM (SELECT version, recorded_us, type, body,
               sum(octet_length(body)) OVER (ORDER BY version) - octet_length(body) AS before
          FROM (SELECT version, recorded_us, type, body
                  FROM tally.events
                 WHERE org = %b AND stream = %b AND version > %b AND version <= %b
                 ORDER BY version
                 LIMIT %b) next) page
 WHERE before < %b
 ORDER BY version
"""
# Its heads are those of the events that it has passed, few of which it was shown.
_HEADS = """SELECT e.org, moved.name, max(e.sequence)
      FROM moved, tally.events e
     WHERE e.position > %b AND e.position <= %b
       AND NOT EXISTS (SELECT FROM tally.projection_heads p
                        WHERE p.org = e.org AND p.name = moved.name AND p.parked_us IS NOT NULL)
     GROUP BY e.org, moved.name"""
_APPLY = moving(
    f""", rows AS (
    INSERT INTO tally.wallet_snapshots ({", ".join(WalletSnapshotRow._fields)})
    SELECT n.* FROM moved, unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[],
                                  %b::bigint[], %b::text[], %b::text[]) n
        ON CONFLICT (org, owner, asset, version) DO UPDATE
       SET sequence = excluded.sequence, recorded_us = excluded.recorded_us,
           totals = excluded.totals, state = excluded.state
)
SELECT FROM moved""",
    _HEADS,
)


_PARKED_ELSEWHERE = """
SELECT org FROM tally.projection_heads WHERE name = 'transactions' AND parked_us IS NOT NULL
"""


class PostgresWalletSnapshots(PostgresProjection):
    """The wallet snapshots."""

    def __init__(self, url: str, name: str, every: int = EVERY) -> None:
        super().__init__(url, name)
        self._every = every

    def _read_page(self, after: int) -> list[RecordedEvent]:
        """Return the events after which a snapshot stands, and the last one of the page whatever it
        is."""
        rows = self._run(_PAGE, [after, shard_of(after), PAGE_POSITIONS, after, self._every])
        return [RecordedEvent(*row) for row in rows]

    def wallet_snapshots(self, places: Sequence[WalletVersion]) -> list[WalletSnapshotRow]:
        rows = self._run(ROWS, arrays.columns(places, 4))
        return [WalletSnapshotRow(*row) for row in rows]

    def moves(self, after: WalletVersion, until: int) -> Iterator[Move]:
        name, version = after.wallet_id, after.version
        page = [until, PAGE_MOVES, PAGE_BYTES]
        while rows := self._run(_MOVES, [*split_stream_id(name), version, *page]):
            for version, recorded_us, type_, body in rows:
                yield Move(name, type_, version, recorded_us, body)

    def sums(self, spans: Sequence[WalletSpan]) -> list[Totals]:
        return totals_by_span(self._run(SUMS, arrays.columns(spans, 5)), len(spans))

    def parked_elsewhere(self) -> list[str]:
        return [org for (org,) in self._run(_PARKED_ELSEWHERE, [])]

    def apply(self, before: P, until: int, rows: Sequence[WalletSnapshotRow]) -> P:
        """Write rows and move the position: one statement, so whole or not at all."""
        heads = (before[0], until)
        return self._moved(_APPLY, before, until, heads, arrays.columns(rows, 8))


def totals_by_span(rows: Sequence[Sequence[Any]], spans: int) -> list[Totals]:
    """Return the totals of each span of a question for sums."""
    totals: list[dict[Movement, Sum]] = [{} for _ in range(spans)]
    for place, category, is_in, amount, count in rows:
        totals[place - 1][Movement(category, is_in)] = Sum(int(amount), count)
    return list(totals)
