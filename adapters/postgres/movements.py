"""Movements of money in PostgreSQL: what our book says that things at providers have moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.postgres.connection import Connecting
from ledger.purchases.money_moves import MoneyMove
from ledger.purchases.notice import Money
from ledger.purchases.reconciliation import THINGS, Standing, Thing

AT_ONCE_MAX = 5_000
"""Ids that are asked for at once."""

_RECORDED = "SELECT id, position FROM tally.shard"
_APPLIED = "SELECT shard, position FROM tally.projections WHERE name = 'movements'"
_PARKED = """
SELECT org FROM tally.projection_heads WHERE name = 'movements' AND parked_us IS NOT NULL LIMIT 1
"""
_MOVED = """
SELECT DISTINCT of FROM tally.movements WHERE provider = %b AND moved_us >= %b AND moved_us < %b
"""
_STANDINGS = """
SELECT movement, of, currency, org, purchase, invoice, order_id, sum(amount)::bigint, min(moved_us)
  FROM tally.movements
 WHERE provider = %b AND of = ANY(%b)
 GROUP BY movement, of, currency, org, purchase, invoice, order_id
"""
_PAYMENTS = """
SELECT DISTINCT of FROM tally.movements
 WHERE org = %b AND order_id = %b AND order_id <> '' AND provider = %b AND movement = 'payment'
"""


class PostgresMovements(Connecting):
    """The read model of movements, of every org. Used by one thread at a time."""

    purpose = "reconciliation"

    def recorded(self) -> Mapping[int, int]:
        return dict(self._run(_RECORDED, []))

    def has_applied(self, recorded: Mapping[int, int]) -> bool:
        applied: dict[int, int] = dict(self._run(_APPLIED, []))
        return all(applied.get(shard, 0) >= position for shard, position in recorded.items())

    def set_aside(self) -> str | None:
        rows = self._run(_PARKED, [])
        return rows[0][0] if rows else None

    def moved(self, provider: str, from_us: int, until_us: int) -> Sequence[str]:
        return [of for (of,) in self._run(_MOVED, [provider, from_us, until_us])]

    def standings(self, provider: str, ids: Sequence[str]) -> Sequence[Standing]:
        found = list[Standing]()
        for first in range(0, len(ids), AT_ONCE_MAX):
            some = list(ids[first : first + AT_ONCE_MAX])
            for row in self._run(_STANDINGS, [provider, some]):
                movement, of, currency, org, purchase, invoice, order, amount, at_us = row
                standing = Standing(
                    Thing(THINGS[MoneyMove(movement)], of),
                    Money(amount, currency),
                    at_us,
                    org,
                    purchase or None,
                    invoice=invoice or None,
                    order=order or None,
                )
                found.append(standing)
        return found

    def payments_of(self, provider: str, org: str, order: str) -> Sequence[str]:
        return [of for (of,) in self._run(_PAYMENTS, [org, order, provider])]
