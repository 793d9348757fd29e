"""All that the scheduler does when it looks, in order."""

from __future__ import annotations

from threading import Event

from api.container import DatabaseUrls, DueWorkStore, clock_us, event_store, ledger
from api.jobs.credits import grant_allowances
from api.jobs.due import sweep
from api.writer.group_commit import GroupCommit


class ScheduledWork:
    """Looks for what is to be done and does it, as a writer of its own beside the others."""

    def __init__(self, database: DatabaseUrls) -> None:
        self._store = event_store(database, "jobs")
        self._due_work = DueWorkStore(database.writer)
        self._commit = GroupCommit(ledger(self._store), clock_us)

    def __call__(self, stop: Event) -> int:
        """Do all there is; answer in how many wallets something was recorded."""
        done = sweep(self._due_work, self._commit, clock_us, stop)
        return done + grant_allowances(self._due_work, self._commit, clock_us, stop)

    def close(self) -> None:
        """Close the connections."""
        self._store.close()
        self._due_work.close()
