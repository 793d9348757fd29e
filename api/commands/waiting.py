"""Commands that wait to be decided: bounded, and fair between orgs."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import NamedTuple

from api.commands.command import Command
from ledger.kernel.errors import Busy

WAITING_MAX = 50_000
"""Uses waiting to be answered; beyond it callers are asked to come again."""

WAITING_OF_ONE_MAX = 20_000
"""Uses of one org among them: the others' room is not one org's to fill."""

GROUP_MAX = 64
"""Uses decided and committed together. Larger groups cost PostgreSQL hardly less for each use, and
then everyone waits for one another: callers, event loop, sequencer and commit overlap only while
each has a group of its own (measured: 64 is half as fast again as 1,000 with 256 callers). It is
also what an org that sends one at a time waits for behind one that floods us."""


class Waiting(NamedTuple):
    """A command, and the ticket its outcome will carry."""

    command: Command
    ticket: int


class Capacity:
    """How much may wait at once, of all and of one org. Used by the event loop alone."""

    def __init__(self, most: int = WAITING_MAX, most_of_one: int = WAITING_OF_ONE_MAX) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._total = 0
        self._of_orgs: dict[str, int] = {}

    def take(self, org: str, weight: int) -> None:
        """Take room for uses of an org. Raises Busy when there is none."""
        of_one = self._of_orgs.get(org, 0) + weight
        if self._total + weight > self._most or of_one > self._most_of_one:
            raise Busy("too many commands are waiting: send the same again in a second.")
        self._of_orgs[org] = of_one
        self._total += weight

    def give_back(self, org: str, weight: int) -> None:
        """Those uses are answered."""
        self._total -= weight
        self._of_orgs[org] -= weight
        if not self._of_orgs[org]:
            del self._of_orgs[org]


class WaitingRoom:
    """A queue for each org. Used by the sequencer's thread alone."""

    def __init__(self, group_max: int = GROUP_MAX) -> None:
        self._group_max = group_max
        self._queues: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self.weight = 0

    def __bool__(self) -> bool:
        return bool(self._queues)

    def enter(self, each: Waiting) -> None:
        """Wait."""
        org = each.command.org
        queue = self._queues.get(org)
        if queue is None:
            queue = self._queues[org] = deque()
        queue.append(each)
        self.weight += each.command.weight

    def next_group(self) -> list[Waiting]:
        """What is decided next: of each org in turn, up to the bound of a group.

        An org's commands keep their order. Who has more than its share waits behind the others.
        """
        group: list[Waiting] = []
        room = self._group_max
        while self._queues and (room > 0 or not group):
            org, queue = next(iter(self._queues.items()))
            share = max(1, room // len(self._queues))
            while queue and share > 0:
                each = queue.popleft()
                group.append(each)
                share -= each.command.weight
                room -= each.command.weight
                self.weight -= each.command.weight
            if queue:
                self._queues.move_to_end(org)
            else:
                del self._queues[org]
        return group
