"""Is the load generator the limit? It against a bare echo, with the requests of the benchmark.

It is not the limit where its CPU time alone would allow much more than was reached. Batches are
large, and an echo takes more of them than were made beforehand: here making them is part of their
cost, as it is not when a service decides them.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.traffic import Batches, Door, SingleLines

DOOR = Door("127.0.0.1:8080", "tally_live_" + 43 * "x")
TARGET = Target(must=20.0, at_most=True)


def answer(session: Session) -> list[Answer]:
    """The rate reached beside what the generator's CPU allows; its cost where it matters most."""
    answers: list[Answer] = []
    for requests, connections, work in (
        (SingleLines(DOOR, session.scale.wallets), 256, "single lines, 256 connections"),
        (SingleLines(DOOR, session.scale.wallets), 1, "single lines, one connection"),
        (Batches(DOOR, 100), 16, "batches of 100, 16 connections"),
    ):
        series = session.echo(requests, connections)
        costs = [run.request_us for run in series.runs]
        limits = {"generator's CPU alone": [1e6 / cost for cost in costs]}
        if not answers:
            answers.append(Answer(f"load generator: {work}", "µs/request", costs, TARGET))
        answers.append(series.answer(f"echo: {work}", "requests/s", limits=limits))
    return answers


QUESTION = Question("generator", "The load generator against a bare echo", 14, answer)

if __name__ == "__main__":
    main(QUESTION)
