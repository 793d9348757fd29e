"""Due work: what the scheduler looks for, in PostgreSQL, as the writer; one connection, one
thread."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.kernel.ids import POOL
from ledger.kernel.money import CREDIT
from ledger.ports import DueRow

_DUE = """
SELECT org, stream, due_us
  FROM tally.due
 WHERE due_us <= %b AND (due_us, org, stream) > (%b, %b, %b)
 ORDER BY due_us, org, stream
 LIMIT %b
"""
_BEGINNING = ("", "", -1)
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

    def due_streams(self, now_us: int, limit: int, after: DueRow | None = None) -> list[DueRow]:
        org, stream, due_us = after or _BEGINNING
        return [DueRow(*row) for row in self._run(_DUE, [now_us, due_us, org, stream, limit])]

    def owners_after(self, org: str, owner: str, limit: int) -> list[str]:
        return [found for (found,) in self._run(_OWNERS, [org, owner, CREDIT, POOL, limit])]
