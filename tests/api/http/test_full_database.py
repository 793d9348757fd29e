"""A database that takes nothing, as on a full disk: not ready, few words, well again by itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from api.container import Endpoints
from api.logs import Seldom, log_to_stderr
from tests.api.problems import problem
from tests.api.served import done, served

_FULL = """
CREATE FUNCTION public.full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END$$;
CREATE TRIGGER full_disk BEFORE INSERT ON tally.events
    FOR EACH ROW EXECUTE FUNCTION public.full_disk();
"""
_ROOM = "DROP TRIGGER full_disk ON tally.events; DROP FUNCTION public.full_disk();"


@contextmanager
def full(ends: Endpoints) -> Iterator[None]:
    """PostgreSQL refuses every event as it does on a full disk."""
    with psycopg.connect(ends.database.owner, autocommit=True) as owner:
        owner.execute(_FULL)
        try:
            yield
        finally:
            owner.execute(_ROOM)


@pytest.mark.reaches("store_full")
def test_a_full_database_is_not_ready_and_heals(
    new_endpoints: Callable[[], Endpoints], caplog: pytest.LogCaptureFixture
) -> None:
    ends = new_endpoints()
    with served(ends, read_models=False) as service:
        admin = service.new_admin()
        admin.deposit("ada", "10")
        assert service.http.get("/readyz").status_code == 200
        with full(ends), caplog.at_level(logging.WARNING):
            for number in range(50):
                problem(admin.use("ada", "1", id=f"full {number}"), 503, "store_full", None)
            unready = problem(service.http.get("/readyz"), 503, "unavailable", None)
            assert "disk may be full" in unready["detail"]
        said = [each for each in caplog.records if "nothing is recorded" in each.msg]
        assert 1 <= len(said) <= 5, "it is tried once a second"
        assert not any(record.exc_info for record in caplog.records)
        until(lambda: admin.use("ada", "1", id="full 0"))
        assert service.http.get("/readyz").status_code == 200
        assert admin.balance("ada")["available"] == "9"


def until(ask: Callable[[], httpx.Response]) -> None:
    """Until it is done."""
    deadline = time.monotonic() + 90
    while not (answer := ask()).is_success:
        assert time.monotonic() < deadline, answer.text
    done(answer)


def test_who_logs_elsewhere_already_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    log_to_stderr()
    for _ in range(3):
        logging.getLogger("tests").warning("said again")
    assert caplog.text.count("said again") == 3


def test_a_message_is_logged_once_a_second_with_the_number_left_out() -> None:
    now = [0.0]
    seldom = Seldom(lambda: now[0])

    def passed(name: str, message: str, *values: object) -> str | None:
        record = logging.LogRecord(name, logging.WARNING, "", 0, message, values, None)
        return record.getMessage() if seldom.filter(record) else None

    assert passed("a", "%s failed", 1) == "1 failed"
    assert [passed("a", "%s failed", number) for number in range(3)] == [None] * 3
    assert passed("a", "another %s", 1) == "another 1"
    assert passed("b", "%s failed", 1) == "1 failed"
    now[0] = 1.0
    assert passed("a", "%s failed", 9) == "9 failed (3 more like this before it)"
    now[0] = 2.0
    assert passed("a", "%s failed", 10) == "10 failed"
