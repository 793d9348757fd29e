"""The sweep: records what has fallen due in every wallet, page by page, until nothing is left."""

from __future__ import annotations

import uuid
from threading import Event

from api.commands.credits.due import FallDue
from api.writer.group_commit import GroupCommit
from ledger.credits.ports import DueWork
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import split_stream_id
from ledger.ports import Clock

PAGE = 500
"""Wallets of one commit: small, so that others' commands to the same orgs do not wait."""

SCHEDULER = "@scheduler"
"""The subject of what time does: no user id begins with an @."""


def scheduler() -> Actor:
    """Who the scheduler is in one run."""
    return Actor(SCHEDULER, "tally jobs", str(uuid.uuid4()))


def sweep(due_work: DueWork, commit: GroupCommit, clock: Clock, stop: Event) -> int:
    """Record all that is due; answer in how many wallets. Raises the error of a failed page.

    A page whose wallets others have swept meanwhile records nothing; one that records nothing and
    comes again is an error, as it would for ever.
    """
    actor = scheduler()
    swept = 0
    before: list[str] = []
    while not stop.is_set():
        due = due_work.due_wallets(clock(), PAGE)
        if not due:
            break
        if due == before:
            raise RuntimeError(f"nothing can be recorded of what is due in {due[0]}")
        commands = [FallDue(org=split_stream_id(w)[0], actor=actor, wallet=w) for w in due]
        outcomes = commit.run(commands)
        recorded = sum(
            outcome is not None and not isinstance(outcome, LedgerError) for outcome in outcomes
        )
        for outcome in outcomes:
            if recorded == 0 and isinstance(outcome, LedgerError):
                raise outcome
        swept += recorded
        before = [] if recorded else due
    return swept
