"""Activities in PostgreSQL: what happened to credits, read out of the transactions."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.invoices.activity import (
    Activity,
    AddedCredits,
    CreditTime,
    UsedCredits,
    told_by_name,
)
from ledger.invoices.printing import time_of
from ledger.kernel.outside import NotTaken

_HEAD = "SELECT sequence FROM tally.projection_heads WHERE org = %b AND name = 'transactions'"
_END = """
SELECT sequence, balance_after
  FROM tally.transactions
 WHERE org = %b AND owner = %b AND asset = 'credit' AND recorded_us < %b
 ORDER BY sequence DESC, line DESC
 LIMIT 1
"""
# Credit of zero that came, or use that cost nothing, stands where its category does.
_MOVED = """
SELECT what, name, count(*), sum(amount)::bigint
  FROM (SELECT CASE
               WHEN t.category = 'usage' THEN 'used'
               WHEN t.category = 'expiry' THEN 'expired'
               WHEN t.category IN ('deposit', 'grant', 'adjustment', 'conversion')
                    AND t.amount >= 0 THEN 'added'
               ELSE 'other'
               END AS what,
               CASE
               WHEN t.category = 'usage' THEN coalesce(t.detail::jsonb -> 'usage' ->> 'service', '')
               WHEN t.category IN ('deposit', 'grant', 'adjustment', 'conversion')
                    AND t.amount >= 0
               THEN coalesce(t.detail::jsonb -> 'lots' -> 0 ->> 'kind', t.category)
               ELSE ''
               END AS name,
               t.amount
          FROM tally.transactions t
         WHERE t.org = %b AND t.owner = %b AND t.asset = 'credit'
           AND t.sequence > %b AND t.sequence <= %b) m
 GROUP BY what, name
 ORDER BY what, name
"""

# A read model knows all of a month where it has seen an event after it, or all that there are.
_SEEN = """
SELECT count(*) = 2
  FROM tally.heads h
  JOIN tally.projection_heads p ON p.org = h.org
  LEFT JOIN tally.events e ON e.org = p.org AND e.sequence = p.sequence
 WHERE h.org = %b AND p.name IN ('statements', 'invoices')
   AND (p.sequence >= h.sequence OR e.recorded_us >= %b)
"""
_ACTIVE = """
SELECT s.owner
  FROM tally.statements s
 WHERE s.org = %b AND s.asset = 'credit' AND s.month = %b AND s.owner > %b
   AND NOT EXISTS (
       SELECT FROM tally.invoices i
        WHERE i.org = s.org AND i.owner = s.owner AND i.issued_us >= %b AND i.issued_us < %b)
 ORDER BY s.owner
 LIMIT %b
"""


class PostgresActivities(Connecting):
    """Activities of every org. Used by one thread at a time."""

    purpose = "activities"

    def of(self, org: str, user: str, time: CreditTime, seen: int) -> Activity:
        """Return what happened to a payer's credits in a time that is over, once the transactions
        have seen a sequence after it. Raises NotTaken until then."""
        head = self._run(_HEAD, [org])
        if not head or head[0][0] < seen:
            raise NotTaken("the transactions are behind what is to be told of them.")
        from_sequence, opening = self._end(org, user, time.from_us)
        until_sequence, closing = self._end(org, user, time.until_us)
        added, used, expired, other = [], [], 0, 0
        for what, name, times, amount in self._run(
            _MOVED, [org, user, from_sequence, until_sequence]
        ):
            match what:
                case "added":
                    added.append(AddedCredits(name, amount))
                case "used":
                    used.append(UsedCredits(name, times, -amount))
                case "expired":
                    expired = -amount
                case _:
                    other = amount
        return Activity(
            from_us=time.from_us,
            until_us=time.until_us,
            from_sequence=from_sequence,
            until_sequence=until_sequence,
            opening=opening,
            closing=closing,
            added=added,
            used=told_by_name(used),
            expired=expired,
            other=other,
        )

    def active(self, org: str, month: str, after: str, limit: int) -> list[str]:
        """Return whose credits moved in a month that is over, and who has no invoice of it, in
        order, after one. The first page raises NotTaken until all of the month is known."""
        time = time_of(month)
        if not after and not self._run(_SEEN, [org, time.until_us])[0][0]:
            raise NotTaken("the read models are behind the month that statements are of.")
        rows = self._run(_ACTIVE, [org, month, after, time.from_us, time.until_us, limit])
        return [owner for (owner,) in rows]

    def _end(self, org: str, user: str, us: int) -> tuple[int, int]:
        """Return the last sequence that moved a wallet before a moment, and what was in it then."""
        rows = self._run(_END, [org, user, us])
        return rows[0] if rows else (0, 0)
