"""Due: the sweep: records all that time has brought, of whatever kind, until nothing is left."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from threading import Event

from api.commands.due import FallDue, FellDue
from api.writer.every_shard import CommandRunner
from ledger.kernel.actor import Actor
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import stream_id
from ledger.ports import Clock, DueRow, DueWork
from ledger.registry import kind_of

PAGE = 500
"""Aggregates of one commit: small, so that others' commands to the same orgs do not wait."""

SCHEDULER = "@scheduler"
"""The subject of what time does: no user id begins with an @."""

OwnJob = Callable[[DueRow, Event], int]
"""Does what is due in one aggregate, in place of `FallDue`; returns how often something was
recorded. For a kind of which time asks more than facts of its own."""

_log = logging.getLogger(__name__)


class StuckDue(LedgerError):
    """Something is due and cannot be recorded; all else that was due has been."""

    code = "stuck_due"


def scheduler() -> Actor:
    """Return who the scheduler is in one run."""
    return Actor(SCHEDULER, "tally jobs", str(uuid.uuid4()))


class Sweep:
    """One sweep of all that is due, the oldest first; `own_jobs` by kind of aggregate.

    It passes over what is due until nothing in it is new. What comes again at the moment at which
    nothing could be recorded would come for ever: it is stuck, and nothing waits behind it.
    """

    def __init__(
        self,
        due_work: DueWork,
        commit: CommandRunner,
        clock: Clock,
        own_jobs: Mapping[type[LedgerAggregate], OwnJob],
    ) -> None:
        self._due_work = due_work
        self._commit = commit
        self._clock = clock
        self._own_jobs = own_jobs
        self._actor = scheduler()
        self._idle: dict[DueRow, LedgerError | None] = {}
        """Tried in vain, and why; another process may have done it."""

    def run(self, stop: Event) -> int:
        """Record all that is due; return how often something was. Raises StuckDue at the end."""
        recorded = 0
        while not stop.is_set():
            fresh, stuck = 0, list[DueRow]()
            for page in self._pages(stop):
                tried = [row for row in page if row not in self._idle]
                stuck += [row for row in page if row in self._idle]
                fresh += len(tried)
                recorded += self._record(tried, stop)
            if stuck and not fresh:
                self._report(stuck)
            if not fresh:
                break
        return recorded

    def _pages(self, stop: Event) -> Iterator[list[DueRow]]:
        last = None
        while not stop.is_set() and (page := self._due_work.due_streams(self._clock(), PAGE, last)):
            yield page
            last = page[-1]

    def _record(self, rows: Sequence[DueRow], stop: Event) -> int:
        """Record what is due in some aggregates together; return in how many something was."""
        own = {row: job for row in rows if (job := self._own_job(row))}
        common = [row for row in rows if row not in own]
        commands = [FallDue(org=row.org, actor=self._actor, stream=row.stream) for row in common]
        before_us = self._clock()
        outcomes = self._commit.run(commands) if commands else []
        recorded = sum(map(self._note, common, outcomes, repeat(before_us)))
        return recorded + sum(self._do(job, row, stop) for row, job in own.items())

    def _own_job(self, row: DueRow) -> OwnJob | None:
        kind = kind_of(row.stream)
        return self._own_jobs.get(kind) if kind else None

    def _note(self, row: DueRow, outcome: object, before_us: int) -> bool:
        """Tell whether something was recorded; what is due as before is idle.

        What has fallen due since it was decided, no earlier than `before_us`, is new.
        """
        if not isinstance(outcome, FellDue):
            self._idle[row] = outcome if isinstance(outcome, LedgerError) else None
            return False
        if not outcome.recorded:
            self._idle[row] = None
        elif outcome.due_us is not None and outcome.due_us <= before_us:
            self._idle[row._replace(due_us=outcome.due_us)] = None
        return outcome.recorded

    def _do(self, job: OwnJob, row: DueRow, stop: Event) -> int:
        self._idle[row] = None
        try:
            return job(row, stop)
        except LedgerError as error:
            self._idle[row] = error
            return 0

    def _report(self, stuck: Sequence[DueRow]) -> None:
        for row in stuck:
            _log.error(
                "ALARM: what is due in %s cannot be recorded: %s",
                _name(row),
                self._why(row),
                extra=Alarm.DUE_STUCK.mark,
            )
        others = f", nor in {len(stuck) - 1} others" if len(stuck) > 1 else ""
        raise StuckDue(
            f"what is due in {_name(stuck[0])} cannot be recorded{others}: {self._why(stuck[0])}"
        ) from self._idle[stuck[0]]

    def _why(self, row: DueRow) -> str:
        return str(self._idle[row] or "nothing is there to be recorded, and it stays due.")


def _name(row: DueRow) -> str:
    return stream_id(row.org, row.stream)
