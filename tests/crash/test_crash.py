"""The short form of `make crash`."""

import random
from pathlib import Path

from tests.crash.campaign import Storm
from tests.faults.campaign import Run, campaign
from tests.faults.load import Load
from tests.faults.world import World


def test_no_acknowledged_debit_is_lost_or_doubled_whichever_process_is_killed(
    tmp_path: Path,
) -> None:
    """Of several writers and workers; there is an org for each writer, and they move meanwhile."""
    seed = 20261120
    with World(tmp_path / "world", writers=2, workers=3) as world:
        load = Load(world, ["storm-1", "storm-2"], seed)
        load.set_up()
        storm = Storm(kills=1, writers=2, workers=3, report=print)
        outcome = campaign(Run(world, load, random.Random(seed)), storm, 1)
    assert not outcome.broken
    assert set(storm.killed.values()) == {1}
    assert storm.moves
    assert outcome.acknowledged > 100
