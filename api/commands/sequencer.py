"""The sequencer: one thread that takes all waiting commands, and answers them when committed."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from api.commands.command import Command
from api.commands.group_commit import GroupCommit, Outcome
from ledger.kernel.errors import Busy, LedgerError, Unavailable

WAITING_MAX = 50_000
"""Uses waiting to be decided; beyond it callers are asked to come again."""

GROUP_MAX = 2_000
"""Uses decided and committed together."""


@dataclass(frozen=True)
class _Waiting:
    command: Command
    answer: asyncio.Future[Any]


class Sequencer:
    """Hands commands from the event loop to `GroupCommit` and its outcomes back."""

    def __init__(
        self,
        group_commit: GroupCommit,
        *,
        waiting_max: int = WAITING_MAX,
        group_max: int = GROUP_MAX,
    ) -> None:
        self._group_commit = group_commit
        self._waiting_max = waiting_max
        self._group_max = group_max
        self._queue: deque[_Waiting] = deque()
        self._weight = 0
        self._changed = threading.Condition()
        self._closing = False
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

    async def submit(self, command: Command) -> Any:
        """The command's answer, once it is durable. Raises its Refusal, Busy or Unavailable."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        with self._changed:
            if self._closing:
                raise Unavailable("the service is stopping: send the same again.")
            if self._weight + command.weight > self._waiting_max:
                raise Busy("too many commands are waiting: send the same again in a second.")
            self._queue.append(_Waiting(command, answer))
            self._weight += command.weight
            self._changed.notify()
        return await answer  # cancelled when the caller goes away: its command goes on

    def _work(self) -> None:
        while group := self._take():
            outcomes = self._group_commit.run([each.command for each in group])
            group[0].answer.get_loop().call_soon_threadsafe(_answer, group, outcomes)

    def _take(self) -> list[_Waiting]:
        """All that is waiting, up to the bound of a group; empty when closing."""
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait()
            group: list[_Waiting] = []
            weight = 0
            while self._queue and (not group or weight < self._group_max):
                group.append(self._queue.popleft())
                weight += group[-1].command.weight
            self._weight -= weight
            return group


def _answer(group: list[_Waiting], outcomes: list[Outcome]) -> None:
    for each, outcome in zip(group, outcomes, strict=True):
        if each.answer.done():
            continue
        if isinstance(outcome, LedgerError):
            each.answer.set_exception(outcome)
        else:
            each.answer.set_result(outcome)
