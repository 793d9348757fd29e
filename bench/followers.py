"""How many microseconds of CPU does an event take of each follower, and of all of them together?

A store is filled (groups of commands, without HTTP) with events of one line each, and another with
events of a hundred. Then each follower is caught up alone, and, after all were emptied, all of them
at once in one process as `tally project` runs them. CPU is that of the process that follows, and of
the engines that it writes to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from api.container import Opening, empty, endpoints, owned_database, projections
from api.settings import Settings
from bench.answer import Answer
from bench.cpu import POSTGRESQL, SERVICE, spent_by
from bench.following import follow
from bench.population import populate
from bench.question import Question
from bench.report import main
from bench.session import Session
from projections.engine import End
from projections.feed import FEED
from projections.followers import FOLLOWERS

LINES = 40_000
LINES_AN_EVENT = (1, 100)
UNIT = "µs CPU a line"


def answer(session: Session) -> list[Answer]:
    """The CPU of a line, by follower and by who spends it."""
    lines = max(4_000, int(LINES * session.scale.size))
    return [each for many in LINES_AN_EVENT for each in _ask(lines, many)]


def _ask(lines: int, lines_an_event: int) -> Iterator[Answer]:
    work = f"{lines_an_event} line{'s' if lines_an_event > 1 else ''} an event:"
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder))
        with endpoints(settings, Opening.MAKE) as ends:
            populate(ends.database, 0)
            _follow(projections(ends, linger_s=0))
            begun = populate(ends.database, 0)
            populate(ends.database, begun + lines // lines_an_event, lines=lines_an_event)
            for end in projections(ends, linger_s=0):
                yield from _answers(f"{work} {end.name}", lines, _follow([end]))
            with owned_database(settings, Opening.READ) as logins:
                for name in (*FOLLOWERS, FEED):
                    empty(name, logins, ends)
            yield from _answers(
                f"{work} all at once", lines, _follow(projections(ends, linger_s=0))
            )


def _follow(ends: Sequence[End]) -> dict[str, float]:
    """Catch up, each in a thread of its own; return the seconds of CPU by who spent them."""
    here = psutil.Process()
    before = spent_by(here)
    follow(ends)
    return spent_by(here).since(before)


def _answers(work: str, lines: int, spent: dict[str, float]) -> Iterator[Answer]:
    for what in (SERVICE, POSTGRESQL, "clickhouse"):
        who = "follower" if what == SERVICE else what
        yield Answer(f"{work}, {who}", UNIT, [1e6 * spent.get(what, 0.0) / lines])


QUESTION = Question("followers", "CPU of a line that is followed", 60, answer)

if __name__ == "__main__":
    main(QUESTION)
