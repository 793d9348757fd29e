"""The short form of `make crash`."""

import random
from pathlib import Path

from adapters.nats.connection import NatsAddress
from tests.crash.campaign import Storm
from tests.faults.campaign import Run, campaign
from tests.faults.invariants import LATER, SOON, unseen
from tests.faults.listener import Listener
from tests.faults.load import Load
from tests.faults.world import World


def test_no_acknowledged_debit_is_lost_or_doubled_whichever_process_is_killed(
    tmp_path: Path,
) -> None:
    """Of several writers and workers; there is an org for each writer, and they move meanwhile.
    Copies are equal after each kill, and after ClickHouse and NATS were wiped; a consumer of the
    feed misses nothing."""
    seed = 20261120
    with World(tmp_path / "world", writers=2, workers=3) as world:
        bus = NatsAddress((str(world.urls().nats_url),))
        load = Load(world, ["storm-1", "storm-2"], seed, by_nats=2, pause_s=0.2)
        load.set_up()
        storm = Storm(kills=1, writers=2, workers=3, report=print, compares=True)
        with Listener(bus) as listener:
            run = Run(world, load, random.Random(seed))
            outcome = campaign(run, storm, 1, (*SOON, *LATER, unseen(listener)))
    assert not outcome.broken
    assert not storm.unclean
    assert storm.compared == 8
    assert set(storm.killed.values()) == {1}
    assert storm.moves
    assert load.messages
    assert outcome.acknowledged > 100
