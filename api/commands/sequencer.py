"""The sequencer: a thread that decides all that is waiting, and one that commits it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from api.commands.command import Command
from api.commands.group_commit import GroupCommit, Outcome
from api.commands.pipeline import Pipeline
from api.commands.waiting import Capacity, Waiting, WaitingRoom
from ledger.kernel.errors import LedgerError, Unavailable

AHEAD_MIN = 64
"""Uses that make a group worth a hand-over to the other thread, and worth deciding before the group
in flight has landed. Fewer are sooner done here, or wait to become more."""


class Sequencer:
    """Hands commands from the event loop to `GroupCommit` and its outcomes back."""

    def __init__(
        self,
        group_commit: GroupCommit,
        capacity: Capacity | None = None,
        room: WaitingRoom | None = None,
    ) -> None:
        self._capacity = capacity or Capacity()
        self._room = room or WaitingRoom()
        self._arrivals: SimpleQueue[Waiting | None] = SimpleQueue()
        self._closing = False
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="committer")
        self._pipeline = Pipeline(group_commit, self._committer, _hand_over, self._wake)
        self._thread = threading.Thread(target=self._work, name="sequencer", daemon=True)

    def start(self) -> None:
        """Begin to take commands."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is waiting, then stop."""
        self._closing = True
        self._wake()
        self._thread.join()
        self._committer.shutdown()

    async def submit(self, command: Command) -> Any:
        """The command's answer, once it is durable. Raises its Refusal, Busy or Unavailable.

        A caller that goes away cancels its wait; its command goes on.
        """
        if self._closing:
            raise Unavailable("the service is stopping: send the same again.")
        org, weight = command.org, command.weight
        self._capacity.take(org, weight)
        try:
            answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self._arrivals.put(Waiting(command, answer))
            return await answer
        finally:
            self._capacity.give_back(org, weight)

    def _work(self) -> None:
        while True:
            much = self._gather()
            group = self._room.next_group()
            if group and much:
                self._pipeline.push(group)
            elif group:
                self._pipeline.run(group)
            else:
                self._pipeline.settle()
                if self._closing and self._arrivals.empty():
                    return

    def _gather(self) -> bool:
        """Wait for commands, or for the group in flight; answer whether there are many."""
        while True:
            with suppress(Empty):
                while True:
                    self._enter(self._arrivals.get_nowait())
            if self._room.weight >= AHEAD_MIN:
                return True
            if self._closing or self._pipeline.has_landed:
                return False
            if self._room and not self._pipeline.in_flight:
                return False
            self._enter(self._arrivals.get())

    def _enter(self, each: Waiting | None) -> None:
        if each is not None:
            self._room.enter(each)

    def _wake(self) -> None:
        self._arrivals.put(None)


def _hand_over(group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
    """Answer a group in one wake-up of the event loop."""
    group[0].answer.get_loop().call_soon_threadsafe(_answer, group, outcomes)


def _answer(group: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
    for each, outcome in zip(group, outcomes, strict=True):
        if each.answer.done():
            continue
        if isinstance(outcome, LedgerError):
            each.answer.set_exception(outcome)
        else:
            each.answer.set_result(outcome)
