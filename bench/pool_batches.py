"""How many lines a second in batches of 100 that one pool pays for, 16 connections?

The lines are of 100 members; the pool's wallet pays, so a batch becomes one event of 100 lines.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, STRAIGHT, Session
from bench.stand import POOLED
from bench.straight import last_sequence, straight
from bench.traffic import Batches

CONNECTIONS, LINES, MEMBERS = 16, 100, 100
TARGET = Target(must=60_000, aim=100_000)


def answer(session: Session) -> list[Answer]:
    """Lines a second."""
    with session.stand() as stand:
        requests = Batches(stand.door(POOLED), MEMBERS, LINES)
        after = last_sequence(stand, POOLED)
        series = session.measure(stand, requests, CONNECTIONS, per_answer=LINES)
        limits = {
            STRAIGHT: straight(stand, after, CONNECTIONS, POOLED),
            ECHO: session.echo(requests, CONNECTIONS, per_answer=LINES).rates,
        }
    return [series.answer("batches of 100, one pool", "lines/s", TARGET, limits)]


QUESTION = Question("pool_batches", "100 lines a request on one pool wallet", 28, answer)

if __name__ == "__main__":
    main(QUESTION)
