"""Traced group commit: of every command of a group, when it was decided and when committed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, TypeVar

from api.commands.command import Command
from api.tracing.spans import Spans
from api.writer.group_commit import Decided, GroupCommit
from ledger.kernel.errors import LedgerError

A = TypeVar("A")

_AHEAD_MAX = 4
"""At most one group is in flight and one decided on top of it."""


class TracedGroupCommit(GroupCommit):
    """Does the same, and tells of it."""

    def __init__(self, *made_of: Any, spans: Spans, **options: Any) -> None:
        super().__init__(*made_of, **options)
        self._spans = spans
        self._deciding = (0, 0)
        self._ahead: deque[tuple[Decided, Sequence[Command[object]], tuple[int, int]]] = deque(
            maxlen=_AHEAD_MAX
        )

    def run(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        outcomes = super().run(commands)
        self._tell(commands, self._deciding, (self._deciding[1], time.time_ns()))
        return outcomes

    def decide_ahead(self, commands: Sequence[Command[object]]) -> Decided | None:
        decided = super().decide_ahead(commands)
        if decided is not None:
            self._ahead.append((decided, commands, self._deciding))
        return decided

    def commit(self, decided: Decided) -> bool:
        began = time.time_ns()
        is_stored = super().commit(decided)
        for each, commands, deciding in tuple(self._ahead):
            if each is decided and is_stored:
                self._tell(commands, deciding, (began, time.time_ns()))
        return is_stored

    def _decide(self, commands: Sequence[Command[A]]) -> list[A | LedgerError]:
        began = time.time_ns()
        try:
            return super()._decide(commands)
        finally:
            self._deciding = (began, time.time_ns())

    def _tell(
        self,
        commands: Sequence[Command[Any]],
        deciding: tuple[int, int],
        committing: tuple[int, int],
    ) -> None:
        for command in commands:
            if request := command.actor.request:
                self._spans.tell(request, "decide", *deciding, len(commands))
                self._spans.tell(request, "commit", *committing, len(commands))
