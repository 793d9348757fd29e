"""How many bytes does a usage line take in each place that keeps it, and how fast do they follow?

A store is filled (groups of commands, without HTTP) with events of one line each, and another with
events of a hundred, as a batch on one wallet makes them; sealed; and every read model is made. Of
PostgreSQL: each table with its indexes, and the write-ahead log of the commits, and of the sealer
and read models after them; of ClickHouse the merged parts on disk; of archives the compressed file.
Ids are short here (`request-12345`) and rows alike: real ones take more, and compress less.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from adapters.clickhouse.connection import connect
from api.container import (
    Archives,
    Endpoints,
    Opening,
    Partitions,
    endpoints,
    owned_database,
    projections,
)
from api.sealing.process import Sealing
from api.settings import Settings
from bench.answer import Answer
from bench.population import populate
from bench.question import Question
from bench.report import main
from bench.session import Session
from projections.engine import Runner

LINES = 60_000
LINES_AN_EVENT = (1, 100)
UNIT = "bytes a line"
_TABLES = """
SELECT regexp_replace(c.relname, '_[0-9]+$', ''), sum(pg_total_relation_size(c.oid))
  FROM pg_class c
 WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind = 'r'
 GROUP BY 1 HAVING sum(pg_total_relation_size(c.oid)) > %s
 ORDER BY 2 DESC
"""
_PARTS = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'usage'"
_LOG = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"


def answer(session: Session) -> list[Answer]:
    """The bytes of a line, by place; what is less than a byte is left out."""
    lines = max(6_000, int(LINES * session.scale.size))
    return [each for many in LINES_AN_EVENT for each in _ask(lines, many)]


def _ask(lines: int, lines_an_event: int) -> Iterator[Answer]:
    work = f"{lines_an_event} line{'s' if lines_an_event > 1 else ''} an event:"
    with _filled() as (settings, ends):
        with owned_database(settings, Opening.READ) as logins:
            owner = psycopg.connect(logins.owner, autocommit=True)
            populate(ends.database, 0)
            before = _value(owner, _LOG)
            populate(ends.database, _events(owner) + lines // lines_an_event, lines=lines_an_event)
            committed = _value(owner, _LOG)
            rates = {name: lines / seconds for name, seconds in _follow(settings, ends)}
            followed = _value(owner, _LOG)
            owner.execute("VACUUM (FULL, ANALYZE) tally.balances, tally.heads, tally.tiles")
            sizes = owner.execute(_TABLES, [lines]).fetchall()
            owner.close()
            archived = _archived(Partitions(logins), settings.data)
        yield Answer(f"{work} log of the commits", UNIT, [(committed - before) / lines])
        yield Answer(f"{work} log of what follows", UNIT, [(followed - committed) / lines])
        for name, rate in rates.items():
            yield Answer(f"{work} {name} follows", "lines/s", [rate])
        yield Answer(f"{work} PostgreSQL", UNIT, [float(sum(size for _, size in sizes)) / lines])
        for table, size in sizes:
            yield Answer(f"{work} PostgreSQL, {table}", UNIT, [float(size) / lines])
        yield Answer(f"{work} ClickHouse, usage", UNIT, [_analysed(ends) / lines])
        yield Answer(f"{work} archive", UNIT, [archived / lines])


@contextmanager
def _filled() -> Iterator[tuple[Settings, Endpoints]]:
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder), witnesses=(f"{folder}/witness",))
        with endpoints(settings, Opening.MAKE) as ends:
            yield settings, ends


def _follow(settings: Settings, ends: Endpoints) -> Iterator[tuple[str, float]]:
    """Seal, and make each read model alone: how many seconds each takes."""
    started = time.perf_counter()
    assert Sealing(settings, ends.database, threading.Event()).once()
    yield "the sealer", time.perf_counter() - started
    for projection in projections(ends, linger_s=0):
        started = time.perf_counter()
        Runner(projection, threading.Event()).catch_up()
        yield projection.name, time.perf_counter() - started


def _events(owner: psycopg.Connection[tuple[int]]) -> int:
    return _value(owner, "SELECT position FROM tally.shard")


def _value(owner: psycopg.Connection[tuple[int]], query: str) -> int:
    row = owner.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _analysed(ends: Endpoints) -> float:
    client = connect(ends.clickhouse_url)
    client.command("OPTIMIZE TABLE usage FINAL")
    ((size,),) = client.query(_PARTS).result_rows
    client.close()
    return float(size)


def _archived(partitions: Partitions, data: Path) -> int:
    """Return the size of an archive of the first partition, which is not taken out."""
    with partitions:
        Archives(str(data / "archive"), make=True).write(
            "events", partitions.events(partitions.every()[0])
        )
    return (data / "archive" / "events").stat().st_size


QUESTION = Question("footprint", "Bytes of a line in each place that keeps it", 60, answer)

if __name__ == "__main__":
    main(QUESTION)
