"""Pipeline: the next group is decided while the one before it commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

from api.writer.fair_queue import Waiting
from api.writer.group_commit import Decided, GroupCommit, Outcome

Answer = Callable[[Sequence[Waiting], Sequence[Outcome]], None]
"""Hands the outcomes of a group to those who wait for them; from any thread."""


class Pipeline:
    """At most one group in flight. Used by one thread; `executor` commits in another.

    A group that fails to commit takes the one decided on top of it along: both are decided again,
    one after the other, by `GroupCommit.run`, which says what is wrong.
    """

    def __init__(
        self,
        group_commit: GroupCommit,
        executor: Executor,
        answer: Answer,
        on_ended: Callable[[], None],
    ) -> None:
        self._group_commit = group_commit
        self._executor = executor
        self._answer = answer
        self._on_ended = on_ended
        self._in_flight: tuple[list[Waiting], Future[bool]] | None = None

    @property
    def in_flight(self) -> bool:
        """Whether a group is being committed, as far as is known here."""
        return self._in_flight is not None

    @property
    def has_ended(self) -> bool:
        """Whether the group in flight no longer is: `settle` does not wait."""
        return self._in_flight is not None and self._in_flight[1].done()

    def push(self, group: list[Waiting]) -> None:
        """Decide a group, and begin to commit it when the one before it has ended."""
        decided = self._group_commit.decide_ahead([each.command for each in group])
        safe = self.settle()
        if decided is None and safe:
            # Not before the group in flight has ended: until then the two share what they touched.
            self._group_commit.forget()
        if decided is None or not safe:
            self._run(group)
        else:
            self._start_commit(group, decided)

    def run(self, group: list[Waiting]) -> None:
        """Decide and commit a group here and now: sooner done, when no other is waiting."""
        self.settle()
        self._run(group)

    def settle(self) -> bool:
        """Wait for the group in flight; False when it had to be decided again."""
        if self._in_flight is None:
            return True
        (group, outcome), self._in_flight = self._in_flight, None
        if outcome.result():
            self._group_commit.commit_succeeded()
            return True
        self._group_commit.commit_failed()
        self._run(group)
        return False

    def _start_commit(self, group: list[Waiting], decided: Decided) -> None:
        self._group_commit.commit_started(decided)
        outcome = self._executor.submit(self._commit, group, decided)
        self._in_flight = (group, outcome)
        outcome.add_done_callback(lambda _: self._on_ended())

    def _commit(self, group: list[Waiting], decided: Decided) -> bool:
        stored = self._group_commit.commit(decided)
        if stored:
            self._answer(group, decided.outcomes)
        return stored

    def _run(self, group: list[Waiting]) -> None:
        self._answer(group, self._group_commit.run([each.command for each in group]))
