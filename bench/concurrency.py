"""How do throughput and latency of single lines go with the number of connections?

Beside each point: the same rows inserted straight, as many events a transaction as there are
connections, and a bare echo over as many connections. Drawn in `results/concurrency.svg`.
"""

from __future__ import annotations

from bench.answer import Answer
from bench.plot import draw
from bench.question import Question
from bench.report import RESULTS, main
from bench.session import ECHO, STRAIGHT, Session
from bench.straight import last_sequence, straight
from bench.traffic import SingleLines

LEVELS = (1, 4, 16, 64, 256)


def answer(session: Session) -> list[Answer]:
    """An answer for each number of connections."""
    answers = []
    with session.stand() as stand:
        requests = SingleLines(stand.door(), session.scale.wallets)
        for level in LEVELS:
            after = last_sequence(stand)
            series = session.measure(stand, requests, level, seconds=session.scale.seconds / 2)
            limits = {
                STRAIGHT: straight(stand, after, level),
                ECHO: session.echo(requests, level).rates,
            }
            work = f"single lines, {level} connection{'s' if level > 1 else ''}"
            answers.append(series.answer(work, "lines/s", limits=limits))
    draw(LEVELS, answers, RESULTS / "concurrency.svg")
    return answers


QUESTION = Question("concurrency", "Throughput and latency by connections", 75, answer)

if __name__ == "__main__":
    main(QUESTION)
