"""All that the scheduler does when it looks, in order."""

from __future__ import annotations

from threading import Event

from api.container import (
    ActivityStore,
    CartStore,
    DatabaseUrls,
    DueWorkStore,
    clock_us,
    event_store,
    ledger,
)
from api.jobs.carts import CartSweep
from api.jobs.credits import AllowanceJob
from api.jobs.due import OwnJob, Sweep
from api.jobs.invoices import StatementJob
from api.jobs.subscriptions import SubscriptionJob
from api.writer.every_shard import EveryShard
from ledger.credits.allowance import Allowance
from ledger.invoices.settings_book import SettingsBook
from ledger.kernel.aggregate import LedgerAggregate
from ledger.subscriptions.subscription import Subscription


class ScheduledWork:
    """Looks for what is to be done and does it, as a writer of its own beside the others."""

    def __init__(self, database: DatabaseUrls) -> None:
        self._store = event_store(database, "jobs")
        self._due_work = DueWorkStore(database.writer)
        self._activities = ActivityStore(database.writer)
        self._carts = CartStore(database.writer)
        self._commit = EveryShard(ledger(self._store), clock_us)
        self._own_jobs: dict[type[LedgerAggregate], OwnJob] = {
            Allowance: AllowanceJob(self._due_work, self._commit, clock_us),
            Subscription: SubscriptionJob(self._commit),
            SettingsBook: StatementJob(self._activities, self._commit),
        }

    def __call__(self, stop: Event) -> int:
        """Do all there is; return how often something was recorded, or removed."""
        recorded = Sweep(self._due_work, self._commit, clock_us, self._own_jobs).run(stop)
        return recorded + CartSweep(self._carts, self._commit, clock_us).run(stop)

    def close(self) -> None:
        """Close the connections."""
        self._store.close()
        self._due_work.close()
        self._activities.close()
        self._carts.hang_up()
