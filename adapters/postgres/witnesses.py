"""Witnesses: what each witness has got of the checkpoints, and what waits for it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.postgres.connection import Connecting
from ledger.proof.witnesses import Pending, WaitingWitness

_CONFIGURE = """
WITH gone AS (
    UPDATE tally.witnesses SET active = false WHERE active AND name <> ALL (%b::text[])
)
INSERT INTO tally.witnesses AS w (name)
SELECT unnest(%b::text[])
    ON CONFLICT (name) DO UPDATE SET active = true
"""
# The newest checkpoint of each org is the one its tree was last signed with.
_PENDING = """
SELECT c.org, c.note, t.sealed_us
  FROM tally.trees t
 CROSS JOIN LATERAL (SELECT c.org, c.note FROM tally.checkpoints c
                      WHERE c.org = t.org AND c.size = t.signed
                      ORDER BY c.access_sequence DESC LIMIT 1) c
 WHERE t.sealed_us > (SELECT w.delivered_us FROM tally.witnesses w WHERE w.name = %b)
 ORDER BY c.org
"""
_DELIVERED = """
UPDATE tally.witnesses SET delivered_us = greatest(delivered_us, %b), error = NULL WHERE name = %b
"""
_WAITING = """
SELECT c.sealed_us
  FROM tally.checkpoints c, tally.witnesses w
 WHERE w.name = %b AND c.sealed_us > w.delivered_us
 ORDER BY c.sealed_us
 LIMIT 1
"""


_ALL_WAITING = """
SELECT w.name, c.sealed_us
  FROM tally.witnesses w
 CROSS JOIN LATERAL (SELECT c.sealed_us FROM tally.checkpoints c
                      WHERE c.sealed_us > w.delivered_us ORDER BY c.sealed_us LIMIT 1) c
 WHERE w.active
 ORDER BY w.name
"""


class PostgresWitnesses(Connecting):
    """Every method raises Unavailable."""

    purpose = "witnesses"

    def configure(self, names: Sequence[str]) -> None:
        """Set the witnesses; a new one waits for every org's newest checkpoint."""
        self._run(_CONFIGURE, [list(names), list(names)])

    def pending(self, name: str) -> list[Pending]:
        """Return the newest checkpoint of each org that has one the witness has not got."""
        return [Pending(*row) for row in self._run(_PENDING, [name])]

    def delivered(self, name: str, sealed_us: int) -> None:
        """Note that the witness has every checkpoint signed up to then."""
        self._run(_DELIVERED, [sealed_us, name])

    def failed(self, name: str, error: str) -> None:
        """Note that the witness did not take it."""
        self._run("UPDATE tally.witnesses SET error = %b WHERE name = %b", [error, name])

    def waiting_us(self, name: str) -> int | None:
        """Return when the oldest checkpoint that the witness has not got was signed; None: it has
        all."""
        rows = self._run(_WAITING, [name])
        return int(rows[0][0]) if rows else None

    def all_waiting(self) -> list[WaitingWitness]:
        """Return the witnesses that have not got everything."""
        return [WaitingWitness(*row) for row in self._run(_ALL_WAITING, [])]
