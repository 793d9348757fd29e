"""Fair queue: commands that wait to be decided, bounded, and in turns between orgs."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

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


LIGHT_MAX = 16
"""Uses of a small command. While orgs share us, small ones are not decided with larger ones: they
would wait until all of those is decided and written, several times as long as a line takes."""


class Asker(Protocol):
    """Who has asked, and is told."""

    def answer(self, tickets: Sequence[int], outcomes: Sequence[object]) -> None:
        """Hand outcomes back. From any thread, by one at a time."""


class Waiting(NamedTuple):
    """A command, the ticket its outcome will carry, and to whom."""

    command: Command[object]
    ticket: int
    asker: Asker

    @property
    def is_light(self) -> bool:
        """Whether those that are decided with it hardly wait for it."""
        return self.command.weight <= LIGHT_MAX


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

        An org's commands keep their order. Who has more than its share waits behind the others, and
        while there are others, small commands and larger ones take turns.
        """
        group: list[Waiting] = []
        shared = self.is_shared
        uses = self._uses_max[shared]
        while not group or (uses > 0 and len(group) < self._commands_max):
            org = self._next_org(group, shared)
            if org is None:
                break
            queue = self._queues[org]
            uses -= self._take(queue, group, max(1, uses // len(self._queues)), shared)
            if queue:
                self._queues.move_to_end(org)
            else:
                del self._queues[org]
        return group

    def _next_org(self, group: list[Waiting], shared: bool) -> str | None:
        """Return whose turn it is in a group; those whom it does not take keep their place."""
        fits = (org for org, queue in self._queues.items() if _goes_with(group, queue[0], shared))
        return next(fits, None)

    def _take(self, queue: deque[Waiting], group: list[Waiting], share: int, shared: bool) -> int:
        """Move an org's share of uses into the group, and of commands; return how many uses."""
        limit = len(group) + max(1, (self._commands_max - len(group)) // len(self._queues))
        taken = 0
        while (
            queue and taken < share and len(group) < limit and _goes_with(group, queue[0], shared)
        ):
            each = queue.popleft()
            group.append(each)
            taken += each.command.weight
        self.weight -= taken
        return taken


def _goes_with(group: list[Waiting], each: Waiting, shared: bool) -> bool:
    """Tell whether a command is decided with others: while orgs share us, with those like it."""
    return not shared or not group or each.is_light == group[0].is_light
