"""When a part fails: a problem that says whether to send the same again, and nothing of the
inside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import httpx
import psycopg
import pytest
from psycopg import conninfo
from starlette.types import Receive, Scope, Send

from api.container import Endpoints
from api.http.metrics import Metrics
from api.http.middleware import Envelope
from tests.api.problems import problem
from tests.api.served import done, served


@pytest.mark.reaches("unavailable")
def test_a_database_that_is_gone_is_503_and_the_service_recovers(
    new_endpoints: Callable[[], Endpoints],
) -> None:
    ends = new_endpoints()
    with served(ends, read_models=False) as service:
        admin = service.new_admin()
        body = {"id": "r1", "user": "ada", "amount": 1}
        done(admin.send("/v1/billing/usage", body))
        _connections(ends, allowed=False)
        again = admin.send("/v1/billing/usage", body | {"id": "r2"})
        unready = service.http.get("/readyz")
        reading = admin.get("/v1/billing/balance", user="ada")
        _connections(ends, allowed=True)
        for answer in (again, unready, reading):
            problem(answer, 503, "unavailable", None)
            assert int(answer.headers["Retry-After"]) > 0
        assert done(admin.send("/v1/billing/usage", body))["usage"]["id"] == "r1"
        done(admin.send("/v1/billing/usage", body | {"id": "r2"}))
        assert admin.balance("ada")["debt"] == "2"


def _connections(ends: Endpoints, *, allowed: bool) -> None:
    """Open or close a database to everyone; closing ends the connections there are."""
    name = conninfo.conninfo_to_dict(ends.database.owner)["dbname"]
    server = conninfo.make_conninfo(ends.database.owner, dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}')
        if not allowed:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


@pytest.mark.reaches("failed")
def test_an_error_that_nobody_foresaw_is_logged_and_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("the secret inside")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Envelope(broken, metrics=Metrics()))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.get("/")

    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(ask())
    told = problem(answer, 500, "failed", None)
    assert "send the same again" not in told["detail"]
    assert "Retry-After" not in answer.headers
    assert "secret inside" not in answer.text
    assert "secret inside" in caplog.text
