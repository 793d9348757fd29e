"""Comparing the copies of a ledger: those that there are, with the events of one moment.

The copies are brought up to that moment and then read at a later one, so both sides are complete,
also while the service goes on writing.
"""

from __future__ import annotations

from contextlib import ExitStack

from api.comparison.comparison import Compared, Comparison, OnProgress
from api.comparison.summed import SummedCopies
from api.container import (
    DatabaseUrls,
    Endpoints,
    StoreSnapshot,
    SummaryMending,
    copies,
    empty,
)
from api.verification.verify import bring_up
from ledger.kernel.report import Report
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.feed import FEED
from projections.followers import FOLLOWERS


def compare_copies(
    ends: Endpoints, on_progress: OnProgress | None, *, mends: bool = False
) -> Compared:
    """Compare every copy with the events, and write anew what differs if that is asked for, but for
    wallet snapshots. Raises Unavailable when PostgreSQL cannot be read."""
    names = FOLLOWERS if ends.nats is None else (*FOLLOWERS, FEED)
    report = Report.of(names)
    with ExitStack() as stack:
        store = stack.enter_context(StoreSnapshot(ends.database.writer))
        bring_up(report, ends, store, names)
        later = stack.enter_context(StoreSnapshot(ends.database.writer))
        found = stack.enter_context(copies(ends, later))
        mending = SummaryMending(ends.database.writer)
        stack.callback(mending.close)
        summed = SummedCopies(report, store, later, mending)
        return Comparison(store, found, summed, report, mends=mends).run(on_progress)


def repair_copies(
    ends: Endpoints, logins: DatabaseUrls, on_progress: OnProgress | None
) -> Compared:
    """Compare every copy, write anew what differs, and return what is found then.

    Wallet snapshots are made of transactions: whether they are wrong is seen when those are right.
    They, and a stream that is gone, are made anew.
    """
    found = compare_copies(ends, on_progress, mends=True)
    if not found.report.wrong:
        return found
    mended, found = found.mended, compare_copies(ends, on_progress)
    checks = found.report.checks
    anew = {name: checks[name].wrong for name in (WalletSnapshots.name, *found.lost)}
    anew = {name: wrong for name, wrong in anew.items() if wrong}
    if anew:
        for name in anew:
            empty(name, logins, ends)
        found = compare_copies(ends, on_progress)
    found.mended = mended + sum(anew.values())
    return found
