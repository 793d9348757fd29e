"""Does one org's flood make another wait?

An org sends single lines evenly, whether or not the last were answered: first alone, then while
another org floods the service with batches over as many connections as it can use.
"""

from __future__ import annotations

from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import Session
from bench.stand import POOLED, Stand
from bench.traffic import Batches, SingleLines

CONNECTIONS, FLOODING = 16, 32
LINES_PER_S = 200
TARGET = Target(must=2.0, at_most=True)


def answer(session: Session) -> list[Answer]:
    """The 99th percentile beside a flood over the quiet one, of each run."""
    with session.stand() as stand:
        _alone(session, stand)
        runs = range(session.scale.runs)
        pairs = [(_alone(session, stand), _beside(session, stand)) for _ in runs]
    quiet, flooded = ([percentiles(pair[n].latencies)[99.0] for pair in pairs] for n in (0, 1))
    return [
        Answer(
            work=f"{LINES_PER_S} single lines/s of one org, alone (p99)",
            unit="ms",
            figures=quiet,
            latency_ms=percentiles([each for pair in pairs for each in pair[0].latencies]),
        ),
        Answer(
            work="the same beside another org's flood (p99)",
            unit="ms",
            figures=flooded,
            latency_ms=percentiles([each for pair in pairs for each in pair[1].latencies]),
        ),
        Answer(
            work="beside a flood against alone (p99)",
            unit="ratio",
            figures=[one / other for one, other in zip(flooded, quiet, strict=True)],
            target=TARGET,
        ),
    ]


def _lines(session: Session, stand: Stand) -> Load:
    lines = SingleLines(stand.door(), session.scale.wallets)
    return Load(stand.url, lines, CONNECTIONS, session.scale.seconds, LINES_PER_S)


def _alone(session: Session, stand: Stand) -> Run:
    run = session.load(_lines(session, stand))
    check(run)
    return run


def _beside(session: Session, stand: Stand) -> Run:
    flood = Batches(stand.door(POOLED), 100)
    flooding = session.start_load(Load(stand.url, flood, FLOODING, session.scale.seconds))
    run = session.load(_lines(session, stand))
    beside = flooding.result()
    check(run)
    check(beside)
    return run


QUESTION = Question("fairness", "One org's flood, another's wait", 30, answer)

if __name__ == "__main__":
    main(QUESTION)
