"""The access log loses nobody in number, whoever floods it and whatever the database does."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

import psycopg
import pytest

from adapters.postgres.access_log import PostgresAccessLog
from adapters.postgres.connection import DatabaseUrls
from api.access_log.attempts import ALIKE_MAX, OTHERS, ROWS_MAX, Attempt, Attempts, Count
from api.access_log.recorder import AccessLog
from api.access_log.verification import verify_access_log
from api.container import clock_us
from ledger.access_log.log import AccessLink
from ledger.kernel.chain import Head
from ledger.kernel.errors import Unavailable
from ledger.kernel.report import Report
from ledger.kernel.texts import Text
from ledger.ports import OutcomeUnknown

Row = tuple[str, int, str, str]


def attempt(org: str, *, agent: str = "a", path: str = "/v1/x", secret_hash: str = "") -> Attempt:
    return Attempt(
        "forbidden", "no.", "GET", path, org, "mia", "key", "10.0.0.1", agent, secret_hash
    )


def rows(database: DatabaseUrls, org: str) -> list[Row]:
    with psycopg.connect(database.owner) as connection:
        return connection.execute(
            "SELECT code, times, detail, path FROM tally.access_log WHERE org = %s "
            "ORDER BY sequence",
            [org],
        ).fetchall()


def times(database: DatabaseUrls, org: str) -> int:
    return sum(row[1] for row in rows(database, org))


@pytest.fixture(autouse=True)
def verifies(database: DatabaseUrls) -> Iterator[None]:
    """Whatever a test does here leaves logs that verify."""
    yield
    report = Report()
    verify_access_log(report, database.writer)
    assert report.exit_code == 0, report.as_dict()
    assert report["access"].checked


def started(store: PostgresAccessLog, *, linger_s: float = 0.05) -> AccessLog:
    log = AccessLog(store, clock_us, linger_s=linger_s)
    log.start()
    return log


def test_what_waits_is_written_when_the_service_stops(database: DatabaseUrls) -> None:
    log = started(PostgresAccessLog(database.writer), linger_s=60)
    for number in range(7):
        log.note(attempt("stops"), f"r{number}")
    log.close()
    assert rows(database, "stops") == [("forbidden", 7, "no.", "/v1/x")]


def test_a_flood_is_a_few_rows_and_every_one_is_counted(database: DatabaseUrls) -> None:
    log = started(PostgresAccessLog(database.writer), linger_s=60)
    flood = 3 * ALIKE_MAX
    for number in range(flood):
        log.note(attempt("flooded", agent=f"agent {number}"), "r")
        log.note(attempt("quiet"), "r")
    assert log.flush()
    written = rows(database, "flooded")
    assert len(written) == ROWS_MAX + 1
    assert [row[2] for row in written].count(OTHERS) == 1
    assert times(database, "flooded") == times(database, "quiet") == flood
    assert len(rows(database, "quiet")) == 1
    log.close()


def test_guessed_secrets_are_one_row(database: DatabaseUrls) -> None:
    log = started(PostgresAccessLog(database.writer), linger_s=60)
    for number in range(500):
        log.note(attempt("guessed", secret_hash=f"{number:064x}"), "r")
    log.close()
    assert rows(database, "guessed") == [("forbidden", 500, "no.", "/v1/x")]


def test_what_waits_never_grows_without_end() -> None:
    waiting = Attempts()
    for number in range(5 * ALIKE_MAX):
        waiting.add(attempt("o", path=f"/{number}"), Count(1, number, number, "r"))
    assert len(waiting) == ALIKE_MAX + 1
    assert waiting.times == 5 * ALIKE_MAX
    first, *_, last = waiting.owned({})
    assert first[1] == Count(1, 0, 0, "r")
    assert sum(count.times for _, count in waiting.owned({})) == 5 * ALIKE_MAX
    assert last[1].last_us == 5 * ALIKE_MAX - 1


def test_several_processes_write_one_chain(database: DatabaseUrls) -> None:
    logs = [started(PostgresAccessLog(database.writer), linger_s=0.001) for _ in range(4)]

    def note(log: AccessLog) -> None:
        for number in range(100):
            log.note(attempt("shared", path=f"/{number % 7}"), "r")
            if number % 10 == 0:
                assert log.flush()

    threads = [threading.Thread(target=note, args=[log]) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        log.close()
    assert times(database, "shared") == 400


class LossyLog(PostgresAccessLog):
    """Loses its connection before or after some commits, or finds no database for a while."""

    def __init__(self, url: str, faults: Sequence[str]) -> None:
        super().__init__(url)
        self.faults = list(faults)

    def append(
        self,
        before: Mapping[str, Head],
        after: Mapping[str, Head],
        links: Sequence[AccessLink],
        texts: Sequence[tuple[str, Text]],
    ) -> None:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "away":
            raise Unavailable("injected")
        if fault != "before":
            super().append(before, after, links, texts)
        if fault:
            self.close()
            raise OutcomeUnknown("injected")

    def is_committed(self, link: AccessLink) -> bool:
        if self.faults and self.faults[0] == "unknown":
            self.faults.pop(0)
            raise Unavailable("injected")
        return super().is_committed(link)


@pytest.mark.parametrize(
    "faults",
    [
        ["before"],
        ["after"],
        ["away", "away"],
        ["after", "unknown", "unknown"],
        ["before", "unknown", "after", "unknown", "away"],
        ["before", "before", "after"],
    ],
    ids="-".join,
)
def test_each_is_counted_once_whatever_becomes_of_a_commit(
    database: DatabaseUrls, faults: list[str]
) -> None:
    org = "-".join(["lossy", *faults])
    store = LossyLog(database.writer, faults)
    log = started(store, linger_s=0.01)
    for number in range(10):
        log.note(attempt(org, path=f"/{number % 3}"), "r")
    assert log.flush()
    for _ in range(5):
        log.note(attempt(org), "r")
    log.close()
    assert store.faults == []
    assert times(database, org) == 15


def test_a_database_that_never_comes_back_does_not_keep_the_service(
    database: DatabaseUrls, caplog: pytest.LogCaptureFixture
) -> None:
    store = LossyLog(database.writer, ["away"] * 10_000)
    log = AccessLog(store, clock_us, linger_s=0.01, patience_s=0.05)
    log.start()
    log.note(attempt("gone"), "r")
    log.note(attempt("gone"), "r")
    log.close()
    assert "2 refusals were not written" in caplog.text
    assert rows(database, "gone") == []
    one = started(PostgresAccessLog(database.writer))
    one.note(attempt("here"), "r")
    one.close()
