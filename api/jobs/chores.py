"""All that the scheduler does when it looks, in order."""

from __future__ import annotations

from threading import Event

from adapters.postgres.agenda import PostgresAgenda
from adapters.postgres.connection import DatabaseUrls
from api.commands.group_commit import GroupCommit
from api.container import clock_us, journal, ledger
from api.jobs.allowances import grant_allowances
from api.jobs.due import sweep


class Chores:
    """Looks for what is to be done and does it, as a writer of its own beside the others."""

    def __init__(self, database: DatabaseUrls) -> None:
        self._store = journal(database, "jobs")
        self._agenda = PostgresAgenda(database.writer)
        self._commit = GroupCommit(ledger(self._store), clock_us)

    def __call__(self, stop: Event) -> int:
        """Do all there is; answer in how many wallets something was recorded."""
        done = sweep(self._agenda, self._commit, clock_us, stop)
        return done + grant_allowances(self._agenda, self._commit, clock_us, stop)

    def close(self) -> None:
        """Close the connections."""
        self._store.close()
        self._agenda.close()
