"""The simulation of many orgs on many shards: what comes in goes out, and its table says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.shards import Cost, by_hash, giant_alone
from bench.simulation import (
    SCENES,
    Scene,
    Traffic,
    draw_outcomes,
    percentile,
    simulate,
)

TRAFFIC = Traffic(orgs=200, rate=4_000, exponent=1.0, seconds=1, seed=12)
COST = Cost(line_s=0.0005, commit_s=0.002, group_max=64)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_line_is_answered_whatever_the_place(scene: Scene) -> None:
    outcome = simulate(scene, 5, TRAFFIC, COST)
    assert len(outcome.others_ms) + len(outcome.giant_ms) == pytest.approx(4_000, rel=0.1)
    assert sum(outcome.used) == pytest.approx(TRAFFIC.rate / COST.capacity)
    assert min(outcome.others_ms) >= 1_000 * (COST.commit_s + COST.line_s) - 1e-6


def test_a_giant_saturates_its_shard_and_alone_it_harms_nobody_else() -> None:
    crowded, alone = (
        simulate(Scene(name, place, 0.7), 5, TRAFFIC, COST)
        for name, place in (("crowded", by_hash), ("alone", giant_alone))
    )
    assert crowded.saturated == alone.saturated == 1
    assert percentile(alone.others_ms, 99) < percentile(crowded.others_ms, 99) / 1.5
    assert percentile(alone.giant_ms, 99) > 10 * percentile(alone.others_ms, 99)


def test_a_seed_gives_the_same_outcome_and_another_another() -> None:
    first, again, other = (
        simulate(SCENES[0], 2, TRAFFIC._replace(seed=seed), COST) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.others_ms != other.others_ms


def test_outcomes_are_drawn(tmp_path: Path) -> None:
    outcomes = [simulate(scene, shards, TRAFFIC, COST) for scene in SCENES for shards in (2, 5)]
    draw_outcomes(outcomes, tmp_path / "drawn.svg")
    assert b"giant of 30%, alone" in (tmp_path / "drawn.svg").read_bytes()
