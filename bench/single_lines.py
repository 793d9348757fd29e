"""How many single usage lines a second, over 256 connections and 10,000 wallets (Zipf 1.0)?

Asked with line ids led by the time and with random ones, then again with the read models following.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import BASELINE, ECHO, STRAIGHT, Session
from bench.straight import last_sequence, straight
from bench.traffic import SingleLines

CONNECTIONS = 256
TARGET = Target(must=10_000, aim=15_000)
UNIT = "lines/s"


def answer(session: Session) -> list[Answer]:
    """Ordered and random ids without read models, ordered ids with them."""
    answers = []
    with session.stand(*BASELINE) as stand:
        for ordered, ids in ((True, "time-ordered ids"), (False, "random ids")):
            requests = SingleLines(stand.door(), session.scale.wallets, ordered=ordered)
            after = last_sequence(stand)
            series = session.measure(stand, requests, CONNECTIONS)
            limits = {
                STRAIGHT: straight(stand, after, CONNECTIONS),
                ECHO: session.echo(requests, CONNECTIONS).rates,
            }
            answers.append(series.answer(f"single lines, {ids}", UNIT, TARGET, limits))
    with session.stand("--projections") as stand:
        requests = SingleLines(stand.door(), session.scale.wallets)
        series = session.measure(stand, requests, CONNECTIONS)
        work = "single lines, read models following"
        answers.append(series.answer(work, UNIT, TARGET, answers[0].limits))
    return answers


QUESTION = Question("single_lines", "One usage line a request, 256 connections", 65, answer)

if __name__ == "__main__":
    main(QUESTION)
