"""Which version of a card prices when: the schedule against a list that is searched anew."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.errors import Refusal
from ledger.rating.schedule import Schedule

MOMENTS = st.integers(1, 30)


class Step(NamedTuple):
    """At a moment a version is published, for then or for another moment, or one is withdrawn."""

    after: int
    asked: int | None
    withdrawn: int | None


STEPS = st.lists(
    st.builds(Step, st.integers(0, 4), st.none() | MOMENTS, st.none() | st.integers(0, 6)),
    max_size=12,
)


class Model:
    """Every version that was published with its start, and what has ended it."""

    def __init__(self) -> None:
        self.starts: dict[int, int] = {}
        self.gone: set[int] = set()

    def in_force(self, us: int) -> int | None:
        begun = [(start, n) for n, start in self.starts.items() if start <= us]
        return max([each for each in begun if each[1] not in self.gone], default=(0, None))[1]

    def publish(self, asked: int | None, now: int) -> None:
        start = asked if asked is not None else now if self.in_force(now) else 0
        self.gone |= {n for n, each in self.starts.items() if each == start}
        self.starts[len(self.starts) + 1] = start


@given(STEPS, MOMENTS)
def test_the_version_in_force_is_the_one_that_began_last(steps: list[Step], us: int) -> None:
    schedule, model, now = Schedule(), Model(), 1
    for step in steps:
        now += step.after
        if step.withdrawn is None:
            _publish(schedule, model, step.asked, now)
        else:
            _withdraw(schedule, model, step.withdrawn, now)
        assert schedule.in_force(us) == model.in_force(us)
        later = {n for n, start in model.starts.items() if start > us and n not in model.gone}
        assert {entry.version for entry in schedule.planned(us)} == later


def _publish(schedule: Schedule, model: Model, asked: int | None, now: int) -> None:
    before = schedule.in_force(now - 1)
    try:
        start = schedule.start_for(asked, now)
    except Refusal:
        assert asked is not None
        assert asked < now
        return
    schedule.publish(schedule.last + 1, start)
    model.publish(asked, now)
    if before is not None:
        assert schedule.in_force(now - 1) == before, "what was in force is never changed"
    if asked is None:
        assert schedule.in_force(now) == schedule.last, "without a time it is in force now"


def _withdraw(schedule: Schedule, model: Model, version: int, now: int) -> None:
    in_force = schedule.in_force(now)
    begun = {n for n, start in model.starts.items() if start <= now}
    known = set(model.starts) - begun - model.gone
    try:
        schedule.check_withdrawal(version, now)
    except Refusal:
        assert version not in known
        return
    assert version in known
    schedule.withdraw(version)
    model.gone.add(version)
    assert schedule.in_force(now) == in_force


@given(st.lists(MOMENTS, unique=True, max_size=8).map(sorted), st.integers(0, 40))
def test_starts_that_rise_mean_what_they_meant_by_the_old_rule(starts: list[int], us: int) -> None:
    """The newest version that had begun, the first of them since always."""
    schedule = Schedule()
    published = [None, *starts]
    for number, start in enumerate(published, 1):
        schedule.publish(number, start)
    numbered = reversed(list(enumerate(published, 1)))
    assert schedule.in_force(us) == next(n for n, each in numbered if each is None or each <= us)
