"""How many pairs of hold and capture a second, over 256 connections and 10,000 wallets?

Each connection places a hold and captures it for a little less. A latency is that of one request.
"""

from __future__ import annotations

from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import ECHO, STRAIGHT, Session
from bench.straight import last_sequence, straight
from bench.traffic import HoldsAndCaptures, SingleLines

CONNECTIONS = 256
TARGET = Target(must=4_000, aim=6_000)


def answer(session: Session) -> list[Answer]:
    """Pairs a second. The echo, which makes no holds, answers as many requests of one line."""
    with session.stand() as stand:
        door, wallets = stand.door(), session.scale.wallets
        after = last_sequence(stand)
        series = session.measure(
            stand, HoldsAndCaptures(door, wallets), CONNECTIONS, per_answer=0.5
        )
        limits = {
            STRAIGHT: straight(stand, after, CONNECTIONS),
            ECHO: session.echo(SingleLines(door, wallets), CONNECTIONS, per_answer=0.5).rates,
        }
    return [series.answer("hold and capture", "pairs/s", TARGET, limits)]


QUESTION = Question("holds", "Hold and capture pairs, 256 connections", 28, answer)

if __name__ == "__main__":
    main(QUESTION)
