"""Followers rest after pages that are not full, a moment where events come now and then and longer
where they come all the time, and never when they are behind."""

from __future__ import annotations

import pytest

from projections.engine import FEW_EVENTS, REST_MAX_S, rest_after
from projections.ports import Progress
from projections.recent_events import PAGE_EVENTS


@pytest.mark.parametrize(
    ("events", "took_s", "rest_s"),
    [
        (1, 0.001, 0.009),
        (FEW_EVENTS - 1, 0.01, 0.09),
        (1, 0.1, REST_MAX_S),
        (FEW_EVENTS, 0.01, REST_MAX_S),
        (PAGE_EVENTS - 1, 0.01, REST_MAX_S),
        (PAGE_EVENTS, 0.01, 0.0),
        (1, REST_MAX_S, 0.0),
        (0, 0.01, 0.09),
    ],
)
def test_a_rest_is_nine_times_a_page_of_few_events_long_after_more_and_none_after_a_full_page(
    events: int, took_s: float, rest_s: float
) -> None:
    before = [Progress(7, None), Progress(1 << 48, None)]
    after = [Progress(7 + events, None), before[1]]
    assert rest_after(before, after, took_s, REST_MAX_S) == pytest.approx(rest_s)
