"""How many events a second are read and replayed into aggregates, on one core?

The events are those of single lines that a service has just recorded. Reading (from PostgreSQL, in
order) and folding (every aggregate moved on) are timed together, as they are done, and apart.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable

from adapters.postgres.snapshot import PostgresSnapshot
from api.container import Opening, endpoints
from api.settings import Settings
from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.stand import Stand
from bench.traffic import SingleLines
from ledger.kernel.aggregate import LedgerAggregate
from ledger.replay import Move, Replay

CONNECTIONS = 256
TARGET = Target(must=200_000)
UNIT = "events/s"


def answer(session: Session) -> list[Answer]:
    """Events a second: read and folded, and each alone."""
    with session.stand() as stand:
        requests = SingleLines(stand.door(), session.scale.wallets)
        session.series(stand, requests, CONNECTIONS).go_on()
        runs = [_replay(stand) for _ in range(1 + session.scale.runs)][1:]
    both, reading, folding = ([run[place] for run in runs] for place in range(3))
    return [
        Answer("replay of all events into aggregates", UNIT, both, TARGET, limits={
            "reading alone": reading, "folding alone": folding,
        }),
    ]  # fmt: skip


def _replay(stand: Stand) -> tuple[float, float, float]:
    """Events a second of a whole replay, of its reading, of its folding."""
    with (
        endpoints(Settings(data=stand.data), Opening.READ) as at,
        PostgresSnapshot(at.database.writer) as snapshot,
    ):
        started = time.perf_counter()
        fold(snapshot.moves())
        both = time.perf_counter() - started
        moves = list(snapshot.moves())
        reading = time.perf_counter() - started - both
        fold(moves)
        folding = time.perf_counter() - started - both - reading
    number = len(moves)
    return number / both, number / reading, number / folding


def fold(moves: Iterable[Move]) -> dict[str, LedgerAggregate]:
    """Every aggregate as its events leave it."""
    replay = Replay()
    gc.disable()
    try:
        for move in moves:
            replay.apply(move)
    finally:
        gc.enable()
    return replay.aggregates


QUESTION = Question("replay", "Replay of all events into aggregates", 15, answer)

if __name__ == "__main__":
    main(QUESTION)
