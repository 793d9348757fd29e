"""A timeline is one second out of the middle of what was noted, cut at both ends."""

from __future__ import annotations

import pytest

from bench.timeline import middle_second
from bench.traced import COMMITTER, LOOP, STEPS, Noted


def test_the_second_in_the_middle_begins_at_zero_and_what_reaches_over_it_is_cut() -> None:
    noted: list[Noted] = [
        (LOOP, "before", 10.0, 10.9),
        (LOOP, "into", 10.5, 11.25),
        (COMMITTER, "within", 11.5, 11.75),
        (COMMITTER, "out of", 11.75, 12.5),
        (LOOP, "after", 12.5, 13.0),
    ]
    found = {name: (begin, end) for _, name, begin, end in middle_second(noted)}
    assert found == {
        "into": pytest.approx((0.0, 0.25)),
        "within": pytest.approx((0.5, 0.75)),
        "out of": pytest.approx((0.75, 1.0)),
    }


def test_every_step_that_is_noted_is_there_to_be_called() -> None:
    assert all(callable(getattr(step.owner, step.attribute)) for step in STEPS)
