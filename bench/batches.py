"""How many lines a second in batches of 100, each batch over 100 wallets, 16 connections?

Every line of a batch is for another wallet, so a batch becomes a hundred events of one line.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, STRAIGHT, Session
from bench.straight import last_sequence, straight
from bench.traffic import Batches

CONNECTIONS, LINES, WALLETS = 16, 100, 100
TARGET = Target(must=40_000, aim=60_000)


def answer(session: Session) -> list[Answer]:
    """Lines a second."""
    with session.stand() as stand:
        requests = Batches(stand.door(), WALLETS, LINES)
        after = last_sequence(stand)
        series = session.measure(stand, requests, CONNECTIONS, per_answer=LINES)
        limits = {
            STRAIGHT: straight(stand, after, CONNECTIONS * LINES),
            ECHO: session.echo(requests, CONNECTIONS, per_answer=LINES).rates,
        }
    return [series.answer("batches of 100, 100 wallets", "lines/s", TARGET, limits)]


QUESTION = Question("batches", "100 lines a request over 100 wallets, 16 connections", 28, answer)

if __name__ == "__main__":
    main(QUESTION)
