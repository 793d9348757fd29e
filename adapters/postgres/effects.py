"""Effects: calls deferred with the position of their follower, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from adapters.postgres.connection import Connecting
from adapters.postgres.read_models import PostgresProjection, end_of, moving
from ledger.ports import RecordedEvent
from ledger.tables import TABLES
from projections.ports import Call, CallName, P, Parked, WaitingCall
from projections.recent_events import RecentEvents

PAGE_POSITIONS = 2_000

_EVENT = ", ".join(RecordedEvent._fields)

# The events of some types in the next positions, and the last one there: how far the page reaches.
_PAGE = """
WITH reach AS (
    SELECT max(p.position) AS position
      FROM (SELECT position FROM tally.events
             WHERE position > %b AND position <= %b
             ORDER BY position LIMIT %b) p
)
SELECT {event}
  FROM tally.events e
 WHERE e.position > %b AND e.position <= (SELECT r.position FROM reach r)
   AND (e.type = ANY (%b::text[]){only} OR e.position = (SELECT r.position FROM reach r))
 ORDER BY e.position
"""
_ADD = "SELECT tally.defer_effects(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[])"
_DEFER = moving(f" {_ADD} FROM moved", heads=None)
_UNPARK = """
DELETE FROM tally.projection_heads
 WHERE sequence = %b AND org = %b AND name = %b AND parked_us IS NOT NULL
RETURNING 1
"""
_WAITING = """
SELECT content, deferred_us
  FROM tally.effects
 WHERE org = %b AND effect = %b AND key = %b AND outcome IS NULL
"""
_PUT_OFF = """
UPDATE tally.effects SET error = %b, attempts = attempts + 1
 WHERE org = %b AND effect = %b AND key = %b AND outcome IS NULL
"""
_END = """
WITH ended AS (
    UPDATE tally.effects
       SET outcome = %b, error = %b, attempts = attempts + 1,
           ended_us = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
     WHERE org = %b AND effect = %b AND key = %b AND outcome IS NULL
    RETURNING effect, outcome, turn
), counted AS (
    INSERT INTO tally.effect_totals AS t (effect, outcome, times)
    SELECT effect, outcome, 1 FROM ended
        ON CONFLICT (effect, outcome) DO UPDATE SET times = t.times + 1
)
SELECT turn FROM ended
"""
_AGAIN = "SELECT tally.defer_again(%b, %b, %b, %b)"
_TAKE_TURNS = "SELECT tally.take_turns(%b::text[])"


class PostgresEffects(PostgresProjection):
    """The progress of an effect's follower; it reads the events of some types, those that it is
    about among them.

    `of_table`: only of orgs that have a row in this table. `recent`: of what reads the same.
    """

    def __init__(
        self,
        url: str,
        name: str,
        types: Collection[str],
        of_table: str | None = None,
        recent: RecentEvents | None = None,
    ) -> None:
        super().__init__(url, name, recent)
        self._types = list(types)
        assert of_table is None or of_table in TABLES
        only = f" AND EXISTS (SELECT FROM tally.{of_table} t WHERE t.org = e.org)"
        self._page = _PAGE.format(event=_EVENT, only=only if of_table else "")

    def _read_page(self, after: int) -> list[RecordedEvent]:
        """Return the next events of those types, and the last one of the page whatever it is."""
        rows = self._run(self._page, [after, end_of(after), PAGE_POSITIONS, after, self._types])
        return [RecordedEvent(*row) for row in rows]

    def defer(self, before: P, until: int, calls: Sequence[Call]) -> P:
        """Move the position and defer: one statement, so whole or not at all."""
        return self._moved(_DEFER, before, until, (), _columns(calls))

    def unpark(self, parked: Parked) -> None:
        """Follow an org with the others again; it keeps no heads."""
        self._changed(self._run(_UNPARK, [*parked, self.name]))


class PostgresCalls(Connecting):
    """The calls that were deferred."""

    purpose = "calls"

    def add(self, calls: Sequence[Call]) -> int:
        return int(self._run(_ADD, _columns(calls))[0][0])

    def waiting(self, name: CallName) -> WaitingCall | None:
        rows = self._run(_WAITING, name)
        return WaitingCall(*rows[0]) if rows else None

    def put_off(self, name: CallName, why: str) -> None:
        self._run(_PUT_OFF, [why, *name])

    def end(self, name: CallName, *, failed: str | None = None) -> bool:
        outcome = "done" if failed is None else "failed"
        ended = self._run(_END, [outcome, failed, *name])
        turns = [turn for (turn,) in ended if turn is not None]
        if turns:  # who crashes before is made up for by whoever takes all turns
            self._run(_TAKE_TURNS, [turns])
        return bool(ended)

    def again(self, name: CallName, content: str | None = None) -> bool:
        return bool(self._run(_AGAIN, [*name, content])[0][0])

    def take_turns(self) -> int:
        return int(self._run(_TAKE_TURNS, [None])[0][0])


def _columns(calls: Sequence[Call]) -> list[object]:
    return [
        [call.name.org for call in calls],
        [call.name.effect for call in calls],
        [call.name.key for call in calls],
        [call.content for call in calls],
        [call.turn for call in calls],
    ]
