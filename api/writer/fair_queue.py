"""Fair queue: commands that wait to be decided, bounded, and in turns between orgs."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import NamedTuple

from api.commands.command import Command
from api.writer.recent_orgs import RecentOrgs
from ledger.kernel.errors import Busy

WAITING_MAX = 50_000
"""Uses waiting to be answered; beyond it callers are asked to come again."""

WAITING_OF_ONE_MAX = 20_000
"""Uses of one org among them: the others' room is not one org's to fill."""

COMMANDS_MAX = 64
"""Commands decided and committed together. More cost PostgreSQL hardly less for each, and then all
wait for one another: callers, event loop, sequencer and commit overlap only while each has a group
of its own (`bench/single_lines.py` has 256 callers)."""

USES_ALONE_MAX, USES_SHARED_MAX = 500, 128
"""Uses decided and committed together: as many as pay while one org is alone, and no more than
another may be made to wait for when it is not."""


class Waiting(NamedTuple):
    """A command, and the ticket its outcome will carry."""

    command: Command[object]
    ticket: int


class Capacity:
    """How much may wait at once, of all and of one org. Used by the event loop alone."""

    def __init__(self, limit: int = WAITING_MAX, limit_of_one: int = WAITING_OF_ONE_MAX) -> None:
        self._limit = limit
        self._limit_of_one = limit_of_one
        self._total = 0
        self._of_orgs: dict[str, int] = {}

    def take(self, org: str, weight: int) -> None:
        """Take room for uses of an org. Raises Busy when there is none."""
        of_one = self._of_orgs.get(org, 0) + weight
        if self._total + weight > self._limit or of_one > self._limit_of_one:
            raise Busy("too many commands are waiting: send the same again in a second.")
        self._of_orgs[org] = of_one
        self._total += weight

    def give_back(self, org: str, weight: int) -> None:
        """Give back the room of uses that are answered."""
        self._total -= weight
        self._of_orgs[org] -= weight
        if not self._of_orgs[org]:
            del self._of_orgs[org]


class FairQueue:
    """A queue for each org. Used by the sequencer's thread alone."""

    def __init__(
        self,
        commands_max: int = COMMANDS_MAX,
        uses_max: tuple[int, int] = (USES_ALONE_MAX, USES_SHARED_MAX),
        recent_orgs: RecentOrgs | None = None,
    ) -> None:
        self._commands_max = commands_max
        self._uses_max = uses_max
        self._recent_orgs = recent_orgs or RecentOrgs()
        self._queues: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self.weight = 0

    def __bool__(self) -> bool:
        return bool(self._queues)

    @property
    def is_shared(self) -> bool:
        """Whether several orgs are here at this time."""
        return self._recent_orgs.is_mixed

    def enter(self, each: Waiting) -> None:
        """Wait."""
        org = each.command.org
        self._recent_orgs.note(org)
        queue = self._queues.get(org)
        if queue is None:
            queue = self._queues[org] = deque()
        queue.append(each)
        self.weight += each.command.weight

    def next_group(self) -> list[Waiting]:
        """Return what is decided next: of each org in turn, up to the bounds of a group.

        An org's commands keep their order. Who has more than its share waits behind the others.
        """
        group: list[Waiting] = []
        uses = self._uses_max[self.is_shared]
        while self._queues and (not group or (uses > 0 and len(group) < self._commands_max)):
            org, queue = next(iter(self._queues.items()))
            uses -= self._take(queue, group, max(1, uses // len(self._queues)))
            if queue:
                self._queues.move_to_end(org)
            else:
                del self._queues[org]
        return group

    def _take(self, queue: deque[Waiting], group: list[Waiting], share: int) -> int:
        """Move an org's share of uses into the group, and of commands; return how many uses."""
        limit = len(group) + max(1, (self._commands_max - len(group)) // len(self._queues))
        taken = 0
        while queue and taken < share and len(group) < limit:
            each = queue.popleft()
            group.append(each)
            taken += each.command.weight
        self.weight -= taken
        return taken
