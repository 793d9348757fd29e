"""Every shard: the group commits of all of them, for who decides for whichever org it meets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol, TypeVar

from api.commands.application import Ledger
from api.commands.command import Command
from api.writer.group_commit import GroupCommit
from ledger.kernel.errors import LedgerError
from ledger.ports import Clock, OrgMoved

A = TypeVar("A")

MOVES_MAX = 3
"""How often a command follows an org that is moved again before its place could be used."""


class CommandRunner(Protocol):
    """Who decides and commits commands: of one shard, or of every one."""

    def run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        """Return an outcome for each command, in order. Never raises a LedgerError."""


class EveryShard:
    """Runs each command in the shard where its org lives. Used by one thread."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._commits: dict[int, GroupCommit] = {}
        self._moved: dict[str, int] = {}
        """Orgs that do not live in the first shard, as far as we were told."""

    def run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        """Return an outcome for each command, in order. Never raises a LedgerError."""
        outcomes: dict[int, A | LedgerError] = {}
        waiting = list(range(len(commands)))
        for _ in range(1 + MOVES_MAX):
            for shard, places in self._by_shard(commands, waiting).items():
                found = self._commit(shard).run([commands[place] for place in places])
                outcomes.update(zip(places, found, strict=True))
            waiting = [place for place in waiting if self._is_elsewhere(outcomes[place])]
            if not waiting:
                break
        return [outcomes[place] for place in range(len(commands))]

    def _by_shard(
        self, commands: Sequence[Command[A]], places: Sequence[int]
    ) -> dict[int, list[int]]:
        shards: dict[int, list[int]] = defaultdict(list)
        for place in places:
            shards[self._moved.get(commands[place].home, 1)].append(place)
        return shards

    def _commit(self, shard: int) -> GroupCommit:
        if shard not in self._commits:
            self._commits[shard] = GroupCommit(self._ledger, self._clock, shard=shard)
        return self._commits[shard]

    def _is_elsewhere(self, outcome: object) -> bool:
        """Tell whether an org lives elsewhere than we thought, and note where."""
        if isinstance(outcome, OrgMoved):
            self._moved[outcome.org] = outcome.shard
        return isinstance(outcome, OrgMoved)
