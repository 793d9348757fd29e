"""How far behind are read models while usage is recorded, and after a burst?

Batches of a hundred lines are sent as fast as they are answered, then at 70 % of that rate: how old
the oldest event is that some read model has not, is asked all the time. Then as fast as can be for
a while: how long it takes until no read model has anything before it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import psycopg

from api.container import Opening, endpoints
from api.settings import Settings
from bench.answer import Answer, Target, percentiles
from bench.load import Load, Run
from bench.question import Question
from bench.report import main
from bench.session import Session
from bench.stand import Stand
from bench.traffic import Batches
from projections.followers import FOLLOWERS

CONNECTIONS, LINES, WALLETS = 16, 100, 100
PART = 0.7
LOAD_S, BURST_S = 12.0, 12.0
PAUSE_S = 0.05
PATIENCE_S = 600.0
LAG = Target(must=2, aim=1, at_most=True)
AFTER = Target(must=10, at_most=True)

_BEHIND = """
SELECT coalesce(sum(behind), 0)::bigint, min(behind_us)
  FROM tally.follower_state() WHERE name = ANY (%s)"""


def answer(session: Session) -> list[Answer]:
    """Seconds behind, and seconds until nothing is."""
    size = session.scale.size
    with session.stand("--projections", "--no-seal") as stand:
        requests = Batches(stand.door(), WALLETS, LINES)
        highest = session.measure(stand, requests, CONNECTIONS, per_answer=LINES)
        rate = highest.answer("", "", None, {}).median / LINES
        stand.settle()
        with _asked(stand) as database:
            load = Load(stand.url, requests, CONNECTIONS, LOAD_S * size, PART * rate)
            lags = list(_lags(database, session.start_load(load)))
            stand.settle()
            burst = session.load(Load(stand.url, requests, CONNECTIONS, BURST_S * size))
            took = _until_none(database)
    lines = LINES * len(burst.latencies)
    p99 = percentiles(lags)[99.0] / 1000
    limits = {"lines/s of the burst": [burst.rate * LINES]}
    return [
        Answer(f"lag at {PART:.0%} of {LINES * rate:,.0f} lines/s, p99", "s", [p99], LAG),
        Answer(f"nothing behind after a burst of {lines:,}", "s", [took], AFTER),
        Answer("followed in a burst and after it", "lines/s", [lines / (burst.seconds + took)],
               limits=limits),
    ]  # fmt: skip


@contextmanager
def _asked(stand: Stand) -> Iterator[psycopg.Connection[Any]]:
    with (
        endpoints(Settings(data=stand.data), Opening.READ) as ends,
        psycopg.connect(ends.database.query, autocommit=True) as database,
    ):
        yield database


def _lags(database: psycopg.Connection[Any], load: Future[Run]) -> Iterator[float]:
    """Yield how many seconds ago the oldest event was recorded that is not everywhere."""
    while not load.done():
        _, oldest_us = _behind(database)
        yield 0.0 if oldest_us is None else max(0.0, time.time() - oldest_us / 1e6)
        time.sleep(PAUSE_S)
    load.result()


def _until_none(database: psycopg.Connection[Any]) -> float:
    began = time.perf_counter()
    while _behind(database)[0]:
        assert time.perf_counter() - began < PATIENCE_S, "the read models do not catch up"
        time.sleep(PAUSE_S)
    return time.perf_counter() - began


def _behind(database: psycopg.Connection[Any]) -> tuple[int, int | None]:
    ((behind, oldest_us),) = database.execute(_BEHIND, [list(FOLLOWERS)]).fetchall()
    return int(behind), oldest_us


QUESTION = Question("lag", "read models behind, under load and after a burst", 60, answer)

if __name__ == "__main__":
    main(QUESTION)
