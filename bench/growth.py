"""Does the rate hold when the store is large? With 300,000 events stored against 20,000, and with
`--long` 10 million against 100,000.

Two services run side by side and are loaded in turn; each pair of runs gives one ratio, so that
what the machine does meanwhile cancels out. With random line ids the unique index of keys is
touched everywhere, with time-ordered ones only at its end: both are asked.
"""

from __future__ import annotations

from pathlib import Path

from bench import store
from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.traffic import SingleLines

CONNECTIONS = 256
TARGET = Target(must=0.85, aim=0.95)


def answer(session: Session) -> list[Answer]:
    """The rate over the large store as a part of that over the small one."""
    return [
        each
        for ordered, ids in ((True, "time-ordered ids"), (False, "random ids"))
        for each in _ask(session, ordered, ids)
    ]


def _ask(session: Session, ordered: bool, ids: str) -> list[Answer]:
    few, many = session.scale.stored
    with (
        session.stand(data=_filled(session, few, ordered)) as small,
        session.stand(data=_filled(session, many, ordered)) as large,
    ):
        before, after = (
            session.series(
                stand,
                SingleLines(stand.door(), session.scale.wallets, ordered=ordered),
                CONNECTIONS,
                seconds=session.scale.seconds / 2,
            )
            for stand in (small, large)
        )
        for _ in range(session.scale.runs):
            for series in (before, after):
                series.go_on()
    ratios = [late / early for late, early in zip(after.rates, before.rates, strict=True)]
    limits = {f"{few:,} stored": before.rates}
    return [
        after.answer(f"single lines, {many:,} events stored, {ids}", "lines/s", limits=limits),
        Answer(f"{many:,} events against {few:,}, {ids}", "ratio", ratios, TARGET),
    ]


def _filled(session: Session, events: int, ordered: bool) -> Path:
    return session.filled(lambda data: store.add_events(data, events, ordered=ordered))


QUESTION = Question("growth", "The rate over a large store against a small one", 75, answer)

if __name__ == "__main__":
    main(QUESTION)
