"""What the scheduler looks for, in PostgreSQL, as the writer; one connection, one thread."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.kernel.ids import POOL, wallet_id
from ledger.kernel.money import CREDIT

_DUE = """
SELECT org, owner, asset
  FROM tally.balances
 WHERE due_us <= %b
 ORDER BY due_us, org, owner, asset
 LIMIT %b
"""
_ALLOWANCES = """
SELECT org
  FROM tally.allowances
 WHERE free_monthly IS NOT NULL AND (granted_month IS NULL OR granted_month < %b)
 ORDER BY org
"""
_OWNERS = """
SELECT owner
  FROM tally.balances
 WHERE org = %b AND owner > %b AND asset = %b AND owner <> %b
 ORDER BY owner
 LIMIT %b
"""


class PostgresDueWork(Connecting):
    """The scheduler's questions."""

    purpose = "due_work"

    def due_wallets(self, now_us: int, most: int) -> list[str]:
        return [wallet_id(*row) for row in self._run(_DUE, [now_us, most])]

    def allowances_before(self, month: str) -> list[str]:
        return [org for (org,) in self._run(_ALLOWANCES, [month])]

    def owners_after(self, org: str, owner: str, most: int) -> list[str]:
        return [found for (found,) in self._run(_OWNERS, [org, owner, CREDIT, POOL, most])]
