"""Where new orgs are placed among the writers."""

from __future__ import annotations

from collections import Counter

import pytest

from api.writer.writers import Writers


async def nowhere(org: str) -> int:
    raise AssertionError(f"nobody asks where {org} lives")


@pytest.mark.parametrize("count", [1, 2, 5, 31])
def test_new_orgs_spread_over_the_writers_there_are(count: int) -> None:
    writers = Writers({}, nowhere, count)
    placed = Counter(writers.spread(f"org-{n}") for n in range(100 * count))
    assert set(placed) == set(range(1, count + 1))
    assert max(placed.values()) < 150


def test_an_org_that_is_registered_again_is_placed_where_it_was() -> None:
    first, again = Writers({}, nowhere, 5), Writers({}, nowhere, 5)
    orgs = [f"org-{n}" for n in range(100)]
    assert [*map(first.spread, orgs)] == [*map(again.spread, orgs)]
