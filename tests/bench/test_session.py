"""A tiny benchmark of a real service: what is made, filled and limited works together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import store
from bench.session import Scale, Session
from bench.straight import last_sequence, straight
from bench.traffic import HoldsAndCaptures, SingleLines

KNOWN = 500


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(Scale(runs=1, size=0.001)) as session:
        yield session


@pytest.mark.slow
def test_a_service_goes_on_over_a_store_that_was_filled_straight(session: Session) -> None:
    with session.stand() as stand:
        before = last_sequence(stand)
        store.add_events(stand.data, 300, ordered=False)
        store.add_wallets(stand.data, session.scale.wallets, KNOWN)
        assert last_sequence(stand) == before + 300
        lines = session.measure(stand, SingleLines(stand.door(), KNOWN), 8)
        after = last_sequence(stand)
        pairs = session.measure(stand, HoldsAndCaptures(stand.door(), KNOWN), 8, per_answer=0.5)
        assert all(rate > 0 for rate in straight(stand, before + 300, 8))
        assert all(rate > 0 for rate in straight(stand, after, 8))
    assert set(lines.runs[0].statuses) == {201}
    assert set(pairs.runs[0].statuses) == {200, 201}
    assert {"service", "postgresql", "load generator"} <= set(lines.cores)
