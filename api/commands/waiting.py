"""Commands that wait to be decided: bounded, and fair between orgs."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Any, NamedTuple

from api.commands.command import Command
from ledger.kernel.errors import Busy

WAITING_MAX = 50_000
"""Uses waiting to be decided; beyond it callers are asked to come again."""

WAITING_OF_ONE_MAX = 20_000
"""Uses of one org among them: the others' room is not one org's to fill."""

GROUP_MAX = 1_000
"""Uses decided and committed together: what an org that sends one at a time waits for behind one
that floods us."""


class Waiting(NamedTuple):
    """A command and whom to answer."""

    command: Command
    answer: asyncio.Future[Any]


class WaitingRoom:
    """A queue for each org. Not shared between threads without a lock."""

    def __init__(
        self,
        waiting_max: int = WAITING_MAX,
        waiting_of_one_max: int = WAITING_OF_ONE_MAX,
        group_max: int = GROUP_MAX,
    ) -> None:
        self._waiting_max = waiting_max
        self._waiting_of_one_max = waiting_of_one_max
        self._group_max = group_max
        self._queues: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._weights: dict[str, int] = {}
        self._weight = 0

    def __bool__(self) -> bool:
        return bool(self._queues)

    def enter(self, each: Waiting) -> None:
        """Wait. Raises Busy when there is no room."""
        org, weight = each.command.org, each.command.weight
        of_one = self._weights.get(org, 0) + weight
        if self._weight + weight > self._waiting_max or of_one > self._waiting_of_one_max:
            raise Busy("too many commands are waiting: send the same again in a second.")
        queue = self._queues.get(org)
        if queue is None:
            queue = self._queues[org] = deque()
        queue.append(each)
        self._weights[org] = of_one
        self._weight += weight

    def next_group(self) -> list[Waiting]:
        """What is decided next: a command of each org in turn, up to the bound of a group.

        An org's commands keep their order. Who was served last is first to wait again.
        """
        group: list[Waiting] = []
        room = self._group_max
        while self._queues and (room > 0 or not group):
            org, queue = next(iter(self._queues.items()))
            share = max(1, room // len(self._queues))
            while queue and share > 0:
                each = queue.popleft()
                weight = each.command.weight
                group.append(each)
                share -= weight
                room -= weight
                self._weights[org] -= weight
                self._weight -= weight
            if queue:
                self._queues.move_to_end(org)
            else:
                del self._queues[org], self._weights[org]
        return group
