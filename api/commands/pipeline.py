"""The pipeline: the next group is decided while the one before it commits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

from api.commands.group_commit import Decided, GroupCommit, Outcome
from api.commands.waiting import Waiting

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
        landed: Callable[[], None],
    ) -> None:
        self._group_commit = group_commit
        self._executor = executor
        self._answer = answer
        self._landed = landed
        self._flight: tuple[list[Waiting], Future[bool]] | None = None

    @property
    def in_flight(self) -> bool:
        """Whether a group is being committed, as far as is known here."""
        return self._flight is not None

    @property
    def has_landed(self) -> bool:
        """Whether the group in flight no longer is: `settle` does not wait."""
        return self._flight is not None and self._flight[1].done()

    def push(self, group: list[Waiting]) -> None:
        """Decide a group, and send it on its way when the one before it has landed."""
        decided = self._group_commit.decide_ahead([each.command for each in group])
        safe = self.settle()
        if decided is None and safe:
            # Not before the landing: until then the two share what they touched.
            self._group_commit.forget()
        if decided is None or not safe:
            self._run(group)
        else:
            self._take_off(group, decided)

    def run(self, group: list[Waiting]) -> None:
        """Decide and commit a group here and now: sooner done, when no other is waiting."""
        self.settle()
        self._run(group)

    def settle(self) -> bool:
        """Wait for the group in flight; False when it had to be decided again."""
        if self._flight is None:
            return True
        (group, outcome), self._flight = self._flight, None
        if outcome.result():
            self._group_commit.land()
            return True
        self._group_commit.crash()
        self._run(group)
        return False

    def _take_off(self, group: list[Waiting], decided: Decided) -> None:
        self._group_commit.take_off(decided)
        outcome = self._executor.submit(self._commit, group, decided)
        self._flight = (group, outcome)
        outcome.add_done_callback(lambda _: self._landed())

    def _commit(self, group: list[Waiting], decided: Decided) -> bool:
        stored = self._group_commit.commit(decided)
        if stored:
            self._answer(group, decided.outcomes)
        return stored

    def _run(self, group: list[Waiting]) -> None:
        self._answer(group, self._group_commit.run([each.command for each in group]))
