"""Does one hot wallet slow the service down, against 10,000 wallets?

Runs alternate, and each pair gives one ratio, so that what the machine does meanwhile cancels out.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.traffic import SingleLines

CONNECTIONS = 256
TARGET = Target(must=0.9, aim=1.0)


def answer(session: Session) -> list[Answer]:
    """The rate on one wallet over the rate on many."""
    with session.stand() as stand:
        many, one = (
            session.series(stand, SingleLines(stand.door(), wallets), CONNECTIONS)
            for wallets in (session.scale.wallets, 1)
        )
        for _ in range(session.scale.runs):
            for series in (many, one):
                series.go_on()
    ratios = [hot / cold for hot, cold in zip(one.rates, many.rates, strict=True)]
    return [
        one.answer("single lines, one hot wallet", "lines/s", limits={"many wallets": many.rates}),
        Answer("one hot wallet against many", "ratio", ratios, TARGET),
    ]


QUESTION = Question("hot_wallet", "One hot wallet against 10,000", 30, answer)

if __name__ == "__main__":
    main(QUESTION)
