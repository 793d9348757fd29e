"""A process that decides each group's second half while the first commits, without threads.

`lazy`: a group commits when it is waited for, after the next was decided; else as soon as it takes
off, before the next is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from api.commands.command import Command
from api.writer.fair_queue import Waiting
from api.writer.group_commit import GroupCommit
from api.writer.pipeline import Pipeline
from tests.processes.writer.stuck import Nobody


class _Lazy(Future[Any]):
    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> Any:
        if not self.done():
            self.set_result(self._work())
        return super().result(timeout)


class _Inline(Executor):
    def __init__(self, *, lazy: bool) -> None:
        self.lazy = lazy

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = _Lazy(lambda: fn(*args, **kwargs))
        if not self.lazy:
            future.result()
        return future


class Piped:
    """Runs commands as `GroupCommit.run` does, through a pipeline."""

    def __init__(self, group_commit: GroupCommit, *, lazy: bool) -> None:
        self._outcomes: dict[int, Any] = {}
        self._pipeline = Pipeline(group_commit, _Inline(lazy=lazy), self._take_answer, lambda: None)

    def run(self, commands: Sequence[Command[object]]) -> list[Any]:
        """An outcome for each command, in order."""
        middle = (len(commands) + 1) // 2
        for half in (commands[:middle], commands[middle:]):
            if half:
                self._pipeline.push([Waiting(each, id(each), Nobody()) for each in half])
        self._pipeline.settle()
        outcomes, self._outcomes = self._outcomes, {}
        return [outcomes[id(each)] for each in commands]

    def _take_answer(self, group: Sequence[Waiting], outcomes: Sequence[Any]) -> None:
        for each, outcome in zip(group, outcomes, strict=True):
            assert each.ticket not in self._outcomes, "answered twice"
            self._outcomes[each.ticket] = outcome
