"""What do callers notice while their org is moved between shards?

An org sends single lines evenly, whether or not the last were answered, and is moved to and fro
between two writers meanwhile. What counts is the answer that came latest.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace

from api.demo.service import ServiceError
from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import Session
from bench.stand import ORG, Stand
from bench.traffic import SingleLines

CONNECTIONS = 16
LINES_PER_S = 200
REST_S = 0.1
"""Between two moves, so that lines are sent to each writer, too."""

TARGET = Target(must=200.0, at_most=True, every_run=True)


def answer(session: Session) -> list[Answer]:
    """The longest wait of each run, with the org where it is and on the move."""
    session.scale = replace(session.scale, writers=2)
    with session.stand() as stand:
        _still(session, stand)
        runs = range(session.scale.runs)
        pairs = [(_still(session, stand), _moving(session, stand)) for _ in runs]
    still = [run for run, _ in pairs]
    moving = [run for _, (run, _) in pairs]
    moves = [each for _, (_, moves) in pairs for each in moves]
    return [
        Answer(
            work=f"{LINES_PER_S} single lines/s, the longest wait",
            unit="ms",
            figures=[_longest(run) for run in still],
            latency_ms=percentiles([each for run in still for each in run.latencies]),
        ),
        Answer(
            work="the same while the org is moved between shards",
            unit="ms",
            figures=[_longest(run) for run in moving],
            target=TARGET,
            latency_ms=percentiles([each for run in moving for each in run.latencies]),
        ),
        Answer(work=f"a move ({len(moves)} of them)", unit="ms", figures=moves),
    ]


def _still(session: Session, stand: Stand) -> Run:
    run = _lines(session, stand).result()
    check(run)
    return run


def _moving(session: Session, stand: Stand) -> tuple[Run, list[float]]:
    lines, moves, shard = _lines(session, stand), [], 1
    with suppress(ServiceError):  # it lives there already
        _move(stand, shard)
    while not lines.done():
        shard = 3 - shard
        moves.append(_move(stand, shard))
        time.sleep(REST_S)
    run = lines.result()
    check(run)
    return run, moves


def _move(stand: Stand, shard: int) -> float:
    began = time.perf_counter()
    stand.service.call("POST", f"/v1/orgs/{ORG}/move", {"shard": shard})
    return 1000 * (time.perf_counter() - began)


def _lines(session: Session, stand: Stand) -> Future[Run]:
    lines = SingleLines(stand.door(), session.scale.wallets)
    return session.start_load(
        Load(stand.url, lines, CONNECTIONS, 2 * session.scale.seconds, LINES_PER_S)
    )


def _longest(run: Run) -> float:
    return 1000 * max(run.latencies)


QUESTION = Question("moves", "An org that is moved between shards", 30, answer)

if __name__ == "__main__":
    main(QUESTION)
