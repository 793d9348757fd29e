"""Carts: those that have expired are removed; those in which something lay are counted before."""

from __future__ import annotations

import uuid
from threading import Event

from api.commands.ordering.abandonment import CountAbandonedCarts
from api.jobs.due import scheduler
from api.writer.every_shard import CommandRunner
from ledger.carts.abandoned import AbandonedSweep
from ledger.carts.ports import Carts
from ledger.kernel.errors import LedgerError
from ledger.kernel.times import DAY_US
from ledger.ports import Clock

PAGE = 1_000


class CartSweep:
    """Removes what has expired, page by page; two at once take other pages.

    What is abandoned is marked, counted by a command with the key of its sweep, and removed when
    that is recorded: whoever dies between is followed by one who finds the mark. It is looked for
    once a day has ended, so that an org has a fact of it a day and not one a cart.
    """

    def __init__(self, carts: Carts, commit: CommandRunner, clock: Clock) -> None:
        self._carts = carts
        self._commit = commit
        self._clock = clock

    def run(self, stop: Event) -> int:
        """Remove all there is and return how many carts it was, and how often something was
        recorded."""
        removed, now_us = 0, self._clock()
        while not stop.is_set():
            page = self._carts.sweep(now_us, PAGE)
            removed += page
            if page < PAGE:
                break
        return removed + self._count_abandoned(now_us - now_us % DAY_US, stop)

    def _count_abandoned(self, before_us: int, stop: Event) -> int:
        sweep, counted = str(uuid.uuid4()), 0
        while not stop.is_set() and self._carts.abandon(before_us, sweep, PAGE) == PAGE:
            pass
        for each in self._carts.abandoned():
            if stop.is_set():
                break
            self._record(each)
            self._carts.forget(each.org, each.sweep)
            counted += 1
        return counted

    def _record(self, found: AbandonedSweep) -> None:
        command = CountAbandonedCarts(
            org=found.org,
            actor=scheduler(),
            key=f"abandoned carts {found.sweep}",
            sent={"sweep": found.sweep},
            sweep=found.sweep,
            counts=found.counts,
        )
        (outcome,) = self._commit.run([command])
        if isinstance(outcome, LedgerError):
            raise outcome
