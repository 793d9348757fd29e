"""Sequencer: decides all that is waiting, in one thread, and commits it in another."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from api.writer.fair_queue import FairQueue, Waiting
from api.writer.group_commit import GroupCommit, Outcome
from api.writer.pipeline import Pipeline

AHEAD_MIN = 32
"""Uses that make a group worth a hand-over to the other thread, and worth deciding before the group
in flight has ended. Fewer are sooner done here, or wait to become more."""


LINGER_S = 0.002
"""How long after a group of several the next one begins at the earliest, unless it is large by
then. Each group costs the same few round trips, however few its commands: without it much of the
service's time goes into groups of two and three. Not while orgs share us: nobody waits
for another's commands to become more."""


class Source(Protocol):
    """Where commands come from, and outcomes go."""

    @property
    def closed(self) -> bool:
        """No more will come."""

    def receive(self) -> Sequence[Waiting]:
        """Return what has come. Does not wait."""

    def wait(self, seconds: float | None = None) -> None:
        """Wait until something comes, `wake` is called, or so long."""

    def wake(self) -> None:
        """End a wait, from any thread."""

    def answer(self, group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        """Hand the outcomes of a group back, from any thread."""


class Sequencer:
    """Takes commands from a source, group by group, and hands their outcomes back."""

    def __init__(
        self, group_commit: GroupCommit, source: Source, queue: FairQueue | None = None
    ) -> None:
        self._source = source
        self._queue = queue or FairQueue()
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="committer")
        self._pipeline = Pipeline(group_commit, self._committer, source.answer, source.wake)
        self._not_before = 0.0

    def run(self) -> None:
        """Work until the source is closed and all that came is answered."""
        with self._committer:
            while True:
                much = self._gather()
                group = self._queue.next_group()
                lingers = len(group) > 1 and not self._queue.is_shared
                self._not_before = time.monotonic() + LINGER_S if lingers else 0.0
                if group and much:
                    self._pipeline.push(group)
                elif group:
                    self._pipeline.run(group)
                else:
                    self._pipeline.settle()
                    if self._source.closed:
                        return

    def _gather(self) -> bool:
        """Wait for commands, or for the group in flight; return whether there are many."""
        while True:
            for each in self._source.receive():
                self._queue.enter(each)
            if self._queue.weight >= AHEAD_MIN:
                return True
            if self._source.closed or self._pipeline.has_ended:
                return False
            lingers_s = None
            if self._queue and not self._pipeline.in_flight:
                lingers_s = self._not_before - time.monotonic()
                if lingers_s <= 0:
                    return False
            self._source.wait(lingers_s)
