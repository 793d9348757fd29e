"""Subscriptions: what time brings to one, thing by thing in order, each in a commit of its own."""

from __future__ import annotations

from threading import Event

from api.commands.due import FellDue
from api.commands.subscriptions.advance import AdvanceSubscription
from api.jobs.due import scheduler
from api.writer.every_shard import CommandRunner
from ledger.kernel.errors import LedgerError
from ledger.ports import DueRow
from ledger.subscriptions.subscription import Subscription


class SubscriptionJob:
    """Advances a subscription until nothing of it is due: who slept three months opens three
    periods, in order, once each."""

    def __init__(self, commit: CommandRunner) -> None:
        self._commit = commit

    def __call__(self, row: DueRow, stop: Event) -> int:
        """Do what is due in one; return how often something was recorded."""
        user = row.stream.removeprefix(Subscription.STREAM)
        recorded = 0
        while not stop.is_set():
            command = AdvanceSubscription(row.org, scheduler(), user)
            (outcome,) = self._commit.run([command])
            if isinstance(outcome, LedgerError):
                raise outcome
            if not isinstance(outcome, FellDue) or not outcome.recorded:
                break
            recorded += 1
        return recorded
