"""Is the load generator the limit? It against a bare echo, with the requests of the benchmark.

It is not when it needs few microseconds a request and is idle while the echo is busy: the rate its
CPU time alone would allow is printed beside the rate that was reached.
"""

from __future__ import annotations

from bench.question import Answer, Question, Target
from bench.report import main
from bench.session import Session
from bench.traffic import Batches, Door, SingleLines

DOOR = Door("127.0.0.1:8080", "tally_live_" + 43 * "x")
TARGET = Target(must=20.0, at_most=True)


def answer(session: Session) -> list[Answer]:
    """Microseconds of the generator's CPU for a request, in each run."""
    answers = []
    for requests, connections, work in (
        (SingleLines(DOOR, session.scale.wallets), 256, "single lines, 256 connections"),
        (SingleLines(DOOR, session.scale.wallets), 1, "single lines, one connection"),
        (Batches(DOOR, 100), 16, "batches of 100, 16 connections"),
    ):
        series = session.echo(requests, connections)
        costs = [run.request_us for run in series.runs]
        limits = {
            "echo reached /s": series.rates,
            "CPU allows /s": [1e6 / cost for cost in costs],
        }
        target = TARGET if isinstance(requests, SingleLines) and connections > 1 else None
        answers.append(series.answer(f"generator: {work}", "µs/request", target, limits, costs))
    return answers


QUESTION = Question("generator", "The load generator against a bare echo", 14, answer)

if __name__ == "__main__":
    main(QUESTION)
