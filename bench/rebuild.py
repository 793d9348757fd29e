"""How long does it take to make every read model anew from a million events?

A store is filled (groups of commands, without HTTP) with events of one line each. Then everything
is made from the first event in two ways: each read model beside the live one, one after the other,
as `tally rebuild` does; and all of them at once, emptied, as `tally project` does after a loss.
Beside it, in the same session: the events only read.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from adapters.postgres.snapshot import PostgresSnapshot
from api.comparison.rebuild import rebuild_beside
from api.container import Endpoints, Opening, empty, endpoints, owned_database, projections
from api.settings import Settings
from bench.answer import Answer, Target
from bench.following import follow
from bench.population import populate
from bench.question import Question
from bench.report import main
from bench.seconds import seconds_of
from bench.session import Session
from ledger.verification.evidence import WHOLE
from projections.followers import FOLLOWERS
from projections.read_models import READ_MODELS

EVENTS, LONG = 100_000, 1_000_000
TARGET = Target(must=60, aim=30, at_most=True)
UNIT = "s a million events"


def answer(session: Session) -> list[Answer]:
    """Seconds that a million events take, or would."""
    whole = LONG if session.scale.long else EVENTS
    events = max(4_000, int(whole * session.scale.size))
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder))
        with endpoints(settings, Opening.MAKE) as ends:
            total = populate(ends.database, events)
            each = LONG / total
            follow(projections(ends, linger_s=0))
            read = each * seconds_of(lambda: _read(ends))
            beside = {
                name: each * seconds_of(lambda: rebuild_beside(name, ends, None))  # noqa: B023  # at once
                for name in READ_MODELS
            }
            at_once = each * _from_the_first(settings, ends)
    limits = {"events only read": [read]}
    return [
        Answer("all read models at once, emptied", UNIT, [at_once], TARGET, limits=limits),
        Answer("all beside, one by one", UNIT, [sum(beside.values())], TARGET, limits=limits),
        *(Answer(f"{name} beside", UNIT, [took]) for name, took in beside.items()),
    ]


def _read(ends: Endpoints) -> None:
    with PostgresSnapshot(ends.database.writer) as snapshot:
        for _ in snapshot.rows(WHOLE):
            pass


def _from_the_first(settings: Settings, ends: Endpoints) -> float:
    with owned_database(settings, Opening.READ) as logins:
        for name in FOLLOWERS:
            empty(name, logins, ends)
    every = [end for end in projections(ends, linger_s=0) if end.name in FOLLOWERS]
    return seconds_of(lambda: follow(every))


QUESTION = Question("rebuild", "Every read model anew from a million events", 60, answer)

if __name__ == "__main__":
    main(QUESTION)
