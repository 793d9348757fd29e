"""How long does one debit take when nobody else asks?

The limit beside it is one connection inserting the rows of one debit a transaction, and one
connection to an echo.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, STRAIGHT, Session
from bench.straight import last_sequence, straight
from bench.traffic import SingleLines

TARGET = Target(must=3.0, aim=1.5, at_most=True)


def answer(session: Session) -> list[Answer]:
    """The median latency of each run."""
    with session.stand() as stand:
        requests = SingleLines(stand.door(), session.scale.wallets)
        after = last_sequence(stand)
        series = session.measure(stand, requests, 1)
        limits = {
            STRAIGHT: [1000 / rate for rate in straight(stand, after, 1)],
            ECHO: [1000 / rate for rate in session.echo(requests, 1).rates],
        }
    work = "one debit, one connection (p50)"
    return [series.answer(work, "ms", TARGET, limits, series.medians_ms)]


QUESTION = Question("one_connection", "One usage line a request, one connection", 28, answer)

if __name__ == "__main__":
    main(QUESTION)
