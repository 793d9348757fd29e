"""Purchase files in PostgreSQL: what read models, events and texts say of a purchase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.postgres.connection import Connecting
from ledger.kernel.decoding import decoded
from ledger.purchases.notice import Money
from ledger.purchases.purchase_file import Origin, PurchaseFile, Use

USES_MAX, ORIGINS_MAX = 150, 20
LOOKED_MAX = 200_000
"""Transactions of the wallet that are looked through, from the lot on."""

_PURCHASE = """
SELECT p.owner, p.amount, p.currency, p.credits + p.bonus, p.paid_us, p.lot, l.sequence
  FROM tally.purchases p
  LEFT JOIN tally.lots l
         ON l.org = p.org AND l.owner = p.owner AND l.asset = 'credit' AND l.lot = p.lot
 WHERE p.org = %b AND p.purchase = %b AND p.paid_us IS NOT NULL
"""
_USES = """
WITH looked AS (
    SELECT sequence, line, user_id, category, occurred_us, detail,
           count(*) OVER () AS looked
      FROM (SELECT t.* FROM tally.transactions t
             WHERE t.org = %b AND t.owner = %b AND t.asset = 'credit' AND t.sequence > %b
             ORDER BY t.sequence, t.line LIMIT %b) t
), burned AS (
    SELECT l.sequence, l.line, l.user_id, l.occurred_us, l.detail::jsonb -> 'usage' AS usage,
           CASE l.category WHEN 'usage' THEN part.amount ELSE -part.amount END AS amount, l.looked
      FROM looked l
     CROSS JOIN LATERAL (
           SELECT sum((s.slice ->> 'amount')::bigint)::bigint AS amount
             FROM jsonb_array_elements(l.detail::jsonb -> 'lots') AS s (slice)
            WHERE s.slice ->> 'lot' = %b) AS part
     WHERE l.category IN ('usage', 'reversal') AND strpos(l.detail, %b) > 0
       AND part.amount IS NOT NULL
)
SELECT sequence, user_id, usage ->> 'id', usage ->> 'service', usage ->> 'provider',
       usage ->> 'model', amount, occurred_us, count(*) FILTER (WHERE amount > 0) OVER (),
       sum(amount) OVER ()::bigint, looked
  FROM burned
 ORDER BY sequence DESC, line DESC
 LIMIT %b
"""
_ORIGINS = """
SELECT t.content, count(*), min(e.recorded_us), max(e.recorded_us)
  FROM (SELECT actor, recorded_us FROM tally.events WHERE org = %b AND sequence = ANY (%b::bigint[])
         UNION ALL
        SELECT actor, recorded_us FROM tally.events
         WHERE org = %b AND stream = 'purchase/' || %b AND version = 1) e
  JOIN tally.texts t ON t.org = %b AND t.digest = e.actor::jsonb ->> 'origin'
 WHERE t.content IS NOT NULL AND (t.person = %b OR t.person LIKE '@%%')
 GROUP BY t.content
 ORDER BY count(*) DESC, t.content
 LIMIT %b
"""
TEXT = "SELECT content FROM tally.texts WHERE org = %b AND digest = %b AND content IS NOT NULL"


class PostgresPurchaseFiles(Connecting):
    """What is recorded of purchases, for evidence. Used by one thread at a time."""

    purpose = "purchase files"

    def of(self, org: str, purchase: str) -> PurchaseFile | None:
        rows = self._run(_PURCHASE, [org, purchase])
        if not rows:
            return None
        owner, amount, currency, granted, paid_us, lot, since = rows[0]
        file = PurchaseFile(purchase, owner, Money(amount, currency), granted, paid_us)
        burned = self._burned(org, owner, lot, since)
        uses = [_use(row) for row in burned]
        if burned:
            *_, lines, total, looked = burned[0]
            whole = looked < LOOKED_MAX
            file = file._replace(uses=uses, lines=lines, burned=total, is_whole=whole)
        return file._replace(origins=self._origins(org, purchase, owner, [r[0] for r in burned]))

    def text(self, org: str, digest: str) -> str | None:
        rows = self._run(TEXT, [org, digest])
        return rows[0][0] if rows else None

    def _burned(
        self, org: str, owner: str, lot: str | None, since: int | None
    ) -> list[tuple[Any, ...]]:
        if lot is None or since is None:
            return []
        return self._run(_USES, [org, owner, since, LOOKED_MAX, lot, lot, USES_MAX])

    def _origins(
        self, org: str, purchase: str, owner: str, sequences: Sequence[int]
    ) -> list[Origin]:
        asked = [org, list(sequences), org, purchase, org, owner, ORIGINS_MAX]
        return [_origin(*row) for row in self._run(_ORIGINS, asked)]


def _use(row: tuple[Any, ...]) -> Use:
    _, user, id, service, provider, model, amount, occurred_us, *_ = row
    what = [each for each in (service, provider, model) if each]
    return Use(id or "given back", user, what or ["-"], amount, occurred_us)


def _origin(content: str, requests: int, first_us: int, last_us: int) -> Origin:
    told = decoded(content, dict[str, str])
    return Origin(told["address"], told["agent"], requests, first_us, last_us)
