"""With a million wallets known and 10,000 hot: how much memory, and does the service ever stall?

A million wallets have a balances row. First batches go through as many of them as a few seconds
allow, so that memory holds wallets which are not hot; then the hot ones are charged. Memory is that
of the service's process; a stall is the longest time without an answer to any of 256 connections.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.load import Load
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import Session
from bench.traffic import Batches, SingleLines

CONNECTIONS = 256
WALK_CONNECTIONS, WALK_LINES, WALK_RUNS = 4, 1_000, 3
MIB = 1 << 20
MEMORY = Target(must=1024, at_most=True, every_run=True)
STALL = Target(must=100, at_most=True, every_run=True)


def answer(session: Session) -> list[Answer]:
    """Memory after each run, and its longest stall."""
    scale = session.scale
    with session.stand(data=session.copy(session.crowded())) as stand:
        walk = Batches(stand.door(), scale.known, WALK_LINES)
        walked = session.load(Load(stand.url, walk, WALK_CONNECTIONS, WALK_RUNS * scale.seconds))
        check(walked)
        series = session.series(stand, SingleLines(stand.door(), scale.wallets), CONNECTIONS)
        resident = []
        for _ in range(scale.runs):
            series.go_on()
            resident.append(stand.resident() / MIB)
    seen = min(scale.known, len(walked.latencies) * WALK_LINES)
    work = f"{scale.wallets:,} hot of {scale.known:,} known wallets"
    gaps = [1000 * run.longest_gap_s for run in series.runs]
    return [
        series.answer(work, "lines/s"),
        Answer(f"memory of the service, {seen:,} wallets walked through", "MiB", resident, MEMORY),
        Answer("longest stall of a run", "ms", gaps, STALL),
    ]


QUESTION = Question("many_wallets", "A million wallets known, 10,000 hot", 50, answer)

if __name__ == "__main__":
    main(QUESTION)
