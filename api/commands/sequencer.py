"""The sequencer: decides all that is waiting, in one thread, and commits it in another."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from api.commands.group_commit import GroupCommit, Outcome
from api.commands.pipeline import Pipeline
from api.commands.waiting import Waiting, WaitingRoom

AHEAD_MIN = 32
"""Uses that make a group worth a hand-over to the other thread, and worth deciding before the group
in flight has landed. Fewer are sooner done here, or wait to become more."""


class Source(Protocol):
    """Where commands come from, and outcomes go."""

    @property
    def closed(self) -> bool:
        """No more will come."""

    def receive(self) -> Sequence[Waiting]:
        """What has come. Does not wait."""

    def wait(self) -> None:
        """Until something comes, or `wake` is called."""

    def wake(self) -> None:
        """From any thread: end a wait."""

    def answer(self, group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
        """From any thread: hand the outcomes of a group back."""


class Sequencer:
    """Takes commands from a source, group by group, and hands their outcomes back."""

    def __init__(
        self, group_commit: GroupCommit, source: Source, room: WaitingRoom | None = None
    ) -> None:
        self._source = source
        self._room = room or WaitingRoom()
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="committer")
        self._pipeline = Pipeline(group_commit, self._committer, source.answer, source.wake)

    def run(self) -> None:
        """Work until the source is closed and all that came is answered."""
        with self._committer:
            while True:
                much = self._gather()
                group = self._room.next_group()
                if group and much:
                    self._pipeline.push(group)
                elif group:
                    self._pipeline.run(group)
                else:
                    self._pipeline.settle()
                    if self._source.closed:
                        return

    def _gather(self) -> bool:
        """Wait for commands, or for the group in flight; answer whether there are many."""
        while True:
            for each in self._source.receive():
                self._room.enter(each)
            if self._room.weight >= AHEAD_MIN:
                return True
            if self._source.closed or self._pipeline.has_landed:
                return False
            if self._room and not self._pipeline.in_flight:
                return False
            self._source.wait()
