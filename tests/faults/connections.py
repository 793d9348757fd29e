"""Faults of the connection to PostgreSQL: cut at each place of a commit, lost altogether, slow."""

from __future__ import annotations

import time

from tests.faults.campaign import Run
from tests.faults.proxy import Act, Connection, Place

SLOW_S = 0.3
SLOW_FOR_S = 1.5


def cut_in_a_commit(run: Run) -> None:
    """The connection is lost at each place of a commit in turn."""
    for place in Place:
        _at(run, place, Connection.cut)


def writer_killed_in_a_commit(run: Run) -> None:
    """The writer is killed at each place of a commit that the wire shows."""
    for place in Place:
        _at(run, place, Connection.kill_client)


def all_connections_cut(run: Run) -> None:
    """Every connection is lost at once."""
    run.world.proxy.cut_all()
    run.until_served()


def postgresql_killed_in_a_commit(run: Run) -> None:
    """PostgreSQL is killed while a statement runs, and after a commit whose answer is unheard."""
    for place in (Place.SENT, Place.COMMITTED):
        trap = run.world.proxy.set_trap(place, Connection.cut)
        assert trap.sprung.wait(10), place
        run.world.kill_engine("postgres")
        run.until_served()


def slow_disk(run: Run) -> None:
    """Each commit takes long, as on a disk that is nearly dead."""
    run.world.proxy.answers_after_s = SLOW_S
    try:
        time.sleep(SLOW_FOR_S)
    finally:
        run.world.proxy.answers_after_s = 0.0
    run.until_served()


def _at(run: Run, place: Place, act: Act) -> None:
    trap = run.world.proxy.set_trap(place, act)
    assert trap.sprung.wait(10), f"no commit came to {place}"
    run.until_served()
