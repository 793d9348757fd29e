"""Problems that few callers ever meet: a clock that is wrong, and damage to what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from fastapi import FastAPI, HTTPException, Request

from api.container import Endpoints, clock_us
from api.http.problems import install
from api.settings import Settings
from ledger.kernel.errors import LedgerError
from tests.api.problems import problem
from tests.api.proof.sealed import seal
from tests.api.served import OPERATOR_KEY, Api, Served, served

BALANCE, INCLUSION = "/v1/billing/balance", "/v1/audit/proofs/inclusion"


@pytest.fixture(scope="module")
def service(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = Settings(data=tmp_path_factory.mktemp("keys"), operator_key=OPERATOR_KEY)
    with served(ends, read_models=False, settings=settings) as running:
        yield running


def damage(service: Served, change: str, *parameters: object) -> None:
    """Change what is stored, as only who owns the database can."""
    with psycopg.connect(service.ends.database.owner) as owner:
        for table in ("events", "tiles"):
            owner.execute(f"ALTER TABLE tally.{table} DISABLE TRIGGER ALL")
        owner.execute(change, parameters)


def in_a_past_that_is(service: Served, change: str) -> httpx.Response:
    """What is answered about the past of a wallet whose deposit was changed."""
    admin = service.new_admin()
    paid = admin.deposit("ada", "1")
    where = "WHERE org = %s AND sequence = %s"
    damage(service, f"UPDATE tally.events SET {change} {where}", admin.org, paid["sequence"])
    return admin.get(BALANCE, user="ada", as_of=paid["sequence"])


@pytest.mark.reaches("clock_skewed")
@pytest.mark.parametrize("off_s", [-6, 6])
def test_a_clock_that_is_off_records_nothing_and_says_so(
    new_endpoints: Callable[[], Endpoints], monkeypatch: pytest.MonkeyPatch, off_s: int
) -> None:
    ends = new_endpoints()  # one service at a time: another would be sent to whose clock is right
    with served(ends, read_models=False) as right:
        secret, before = right.new_admin().secret, right.events()
    monkeypatch.setattr("api.writer.work.clock_us", lambda: clock_us() + off_s * 1_000_000)
    with served(ends, read_models=False) as off:
        answer = Api(off.http, secret).use("ada", "1", id="u")
        problem(answer, 503, "clock_skewed", None)
        assert int(answer.headers["Retry-After"]) > 0
        assert off.events() == before
    monkeypatch.undo()
    with served(ends, read_models=False) as right:
        assert Api(right.http, secret).use("ada", "1", id="u").status_code == 201


@pytest.mark.reaches("unknown_fact")
def test_an_event_of_a_newer_version_is_not_passed_over(service: Served) -> None:
    answer = in_a_past_that_is(service, "type = 'credits.NotYetInvented'")
    assert "NotYetInvented" in problem(answer, 500, "unknown_fact", None)["detail"]


@pytest.mark.reaches("unreadable_fact")
@pytest.mark.parametrize("body", ["{", "{}", "[]"])
def test_an_event_that_was_damaged_is_not_passed_over(service: Served, body: str) -> None:
    answer = in_a_past_that_is(service, f"body = '{body}'")
    problem(answer, 500, "unreadable_fact", None)


@pytest.mark.reaches("tile_missing")
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM tally.tiles WHERE org = %s",
        "UPDATE tally.tiles SET hashes = substring(hashes FOR 32) WHERE org = %s",
    ],
)
def test_nothing_is_proved_with_a_part_of_a_tree(service: Served, change: str) -> None:
    auditor = service.issue(service.new_org(), "auditor")
    seal(service)
    damage(service, change, auditor.org)
    problem(auditor.get(INCLUSION, sequence=1), 500, "tile_missing", None)


@pytest.mark.reaches("refused")
def test_what_only_the_framework_refuses_is_a_problem_too() -> None:
    app = FastAPI()

    async def nobody(request: Request, error: LedgerError) -> None:
        return None

    @app.get("/")
    async def teapot() -> None:
        raise HTTPException(418, "it is a teapot.")

    install(app, None, nobody, lambda path: ["GET"])

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.get("/")

    assert problem(asyncio.run(ask()), 422, "refused", None)["detail"] == "it is a teapot."
