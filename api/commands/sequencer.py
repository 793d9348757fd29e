"""The sequencer: a thread that decides all that is waiting, and one that commits it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api.commands.command import Command
from api.commands.group_commit import GroupCommit, Outcome
from api.commands.pipeline import Pipeline
from api.commands.waiting import Waiting, WaitingRoom
from ledger.kernel.errors import LedgerError, Unavailable


class Sequencer:
    """Hands commands from the event loop to `GroupCommit` and its outcomes back."""

    def __init__(self, group_commit: GroupCommit, room: WaitingRoom | None = None) -> None:
        self._room = room or WaitingRoom()
        self._changed = threading.Condition()
        self._closing = False
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="committer")
        self._pipeline = Pipeline(group_commit, self._committer, _hand_over, self._wake)
        self._thread = threading.Thread(target=self._work, name="sequencer", daemon=True)

    def start(self) -> None:
        """Begin to take commands."""
        self._thread.start()

    def close(self) -> None:
        """Finish what is waiting, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._committer.shutdown()

    async def submit(self, command: Command) -> Any:
        """The command's answer, once it is durable. Raises its Refusal, Busy or Unavailable.

        A caller that goes away cancels its wait; its command goes on.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        with self._changed:
            if self._closing:
                raise Unavailable("the service is stopping: send the same again.")
            self._room.enter(Waiting(command, answer))
            self._changed.notify()
        return await answer

    def _work(self) -> None:
        while True:
            group, more = self._take()
            if group and (more or self._pipeline.in_flight):
                self._pipeline.push(group)
            elif group:
                self._pipeline.run(group)
            else:
                self._pipeline.settle()
                if self._closing and not self._room:
                    return

    def _take(self) -> tuple[list[Waiting], bool]:
        """The next group, and whether more are waiting; nothing, when one in flight has landed or
        we are closing."""
        with self._changed:
            while not (self._room or self._closing or self._pipeline.has_landed):
                self._changed.wait()
            return self._room.next_group(), bool(self._room)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify()


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
