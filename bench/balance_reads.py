"""How many balance reads are there a second, and how long do they take beside writes?

First they are alone. Then the rate of writes is measured; then writes come at 70 % of it, evenly
and whether or not the last were answered, and beside them reads, as evenly. A latency counts from
when its request was due, so waiting for a busy service is part of it.
"""

from __future__ import annotations

import statistics

from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import ECHO, Session
from bench.stand import Stand
from bench.traffic import BalanceReads, SingleLines

CONNECTIONS = 256
READERS = 16
READS_PER_S = 200
PART = 0.7
ALONE = 64
"""Connections of reads that are alone."""

RATE = Target(must=10_000, aim=15_000)
TARGET = Target(must=20.0, aim=10.0, at_most=True)


def answer(session: Session) -> list[Answer]:
    """The rate of reads alone; the 99th percentile of each run of those beside writes."""
    with session.stand() as stand:
        reading = BalanceReads(stand.door(), session.scale.wallets)
        alone = session.measure(stand, reading, ALONE)
        writes = SingleLines(stand.door(), session.scale.wallets)
        full_rate = statistics.median(session.measure(stand, writes, CONNECTIONS).rates)
        _run(session, stand, PART * full_rate)
        runs = [_run(session, stand, PART * full_rate) for _ in range(session.scale.runs)]
    pooled = percentiles([each for reads, _ in runs for each in reads.latencies])
    beside = percentiles([each for _, writes in runs for each in writes.latencies])
    return [
        alone.answer(
            f"balance reads, {ALONE} connections",
            "reads/s",
            RATE,
            {ECHO: session.echo(reading, ALONE).rates},
        ),
        Answer(
            work=f"{READS_PER_S} balance reads/s beside writes (p99)",
            unit="ms",
            figures=[percentiles(reads.latencies)[99.0] for reads, _ in runs],
            target=TARGET,
            latency_ms=pooled,
        ),
        Answer(
            work="the writes beside them, at 70 %",
            unit="lines/s",
            figures=[writes.rate for _, writes in runs],
            latency_ms=beside,
            limits={"all writes": [full_rate]},
        ),
    ]


def _run(session: Session, stand: Stand, writes_per_s: float) -> tuple[Run, Run]:
    door, scale = stand.door(), session.scale
    writing = session.start_load(
        Load(stand.url, SingleLines(door, scale.wallets), CONNECTIONS, scale.seconds, writes_per_s)
    )
    reads = session.load(
        Load(stand.url, BalanceReads(door, scale.wallets), READERS, scale.seconds, READS_PER_S)
    )
    writes = writing.result()
    check(reads)
    check(writes)
    return reads, writes


QUESTION = Question("balance_reads", "Balance reads, alone and beside writes", 45, answer)

if __name__ == "__main__":
    main(QUESTION)
