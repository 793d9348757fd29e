"""How many lines a second do read models take in, in PostgreSQL and in ClickHouse?

A store is filled (groups of commands, without HTTP) with events of a hundred lines, as batches of
usage make them, and with as many of one line. Then a follower is caught up from the first event,
alone. Beside it, in the same session: the rows of its pages, made before and only written, page by
page as it writes them. Then all followers are caught up at once, as `tally project` does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.lazy_client import LazyClient
from adapters.postgres.connection import connect
from adapters.postgres.read_models import PostgresProjection, packed, writing
from api.container import (
    Endpoints,
    Opening,
    empty,
    endpoints,
    owned_database,
    projections,
)
from api.settings import Settings
from bench.answer import Answer, Target
from bench.following import follow
from bench.population import populate
from bench.question import Question
from bench.report import main
from bench.seconds import seconds_of
from bench.session import Session
from projections.feed import FEED
from projections.followers import FOLLOWERS
from projections.read_model import Model, ReadModel, Row
from projections.read_models import READ_MODELS

LINES = {100: 200_000, 1: 40_000}
"""Lines an event → how many lines."""
RUNS = 2
STORED, ANALYSTS = Target(must=50_000, aim=100_000), Target(must=100_000, aim=300_000)
TARGETS = {"transactions": STORED, "statements": STORED, "usage_days": STORED, "usage": ANALYSTS}
"""Of each kind the one that all usage goes into, and sums."""
UNIT = "lines/s"
ONLY_WRITTEN = "only written"


def answer(session: Session) -> list[Answer]:
    """Lines a second, by read model."""
    return [
        each
        for many, lines in LINES.items()
        for each in _ask(max(4_000, int(lines * session.scale.size)), many)
    ]


def _ask(lines: int, lines_an_event: int) -> Iterator[Answer]:
    work = f"{lines_an_event} line{'s' if lines_an_event > 1 else ''} an event:"
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder))
        with endpoints(settings, Opening.MAKE) as ends:
            begun = populate(ends.database, 0)
            populate(ends.database, begun + lines // lines_an_event, lines=lines_an_event)
            follow(projections(ends, linger_s=0))
            for name, target in TARGETS.items():
                figures = [lines / _from_the_first(settings, ends, [name]) for _ in range(RUNS)]
                limit = [lines / _only_written(ends, READ_MODELS[name])]
                limits = {ONLY_WRITTEN: limit}
                yield Answer(f"{work} {name}", UNIT, figures, target, limits=limits)
            every = [*FOLLOWERS, FEED]
            figures = [lines / _from_the_first(settings, ends, every) for _ in range(RUNS)]
            yield Answer(f"{work} all {len(every)} followers at once", UNIT, figures)


def _from_the_first(settings: Settings, ends: Endpoints, names: Sequence[str]) -> float:
    """Return the seconds that followers take from the first event to the last."""
    with owned_database(settings, Opening.READ) as logins:
        for name in names:
            empty(name, logins, ends)
    return seconds_of(
        lambda: follow([end for end in projections(ends, linger_s=0) if end.name in names])
    )


def _only_written(ends: Endpoints, model: Model[Any]) -> float:
    """Return the seconds that the rows of all pages take, which are there already and are written
    over; of a summary, added to."""
    pages = [page for page in _pages(ends, model) if page]
    if isinstance(model, ReadModel) and model.for_analysts:
        table = ClickHouseTable(LazyClient(ends.clickhouse_url), model)
        try:
            return seconds_of(lambda: _insert(table, pages))
        finally:
            table.close()
    with connect(ends.database.writer, name="bench") as connection:
        statement = writing(model)
        return seconds_of(
            lambda: [connection.execute(statement, packed(model, page)) for page in pages]
        )


def _insert(table: ClickHouseTable, pages: Sequence[list[Row]]) -> None:
    for number, page in enumerate(pages):
        table.insert(page, f"bench {number}")


def _pages(ends: Endpoints, model: Model[Any]) -> Iterator[list[Row]]:
    """Yield the rows of each page that a follower reads."""
    progress = PostgresProjection(ends.database.writer, model.name)
    after = 0
    try:
        while events := progress.page(after):
            yield model.rows(events)
            after = events[-1].position
    finally:
        progress.close()


QUESTION = Question("projection", "read models following, in PostgreSQL and ClickHouse", 90, answer)

if __name__ == "__main__":
    main(QUESTION)
