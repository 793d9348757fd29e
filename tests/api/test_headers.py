"""What headers decide, and those that every answer has."""

from __future__ import annotations

import logging

import pytest

from tests.api.problems import problem
from tests.api.raw import raw
from tests.api.served import Api, Served, done

USAGE = b"POST /v1/billing/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def authorization(caller: Api) -> bytes:
    return b"Authorization: Bearer %s\r\n" % str(caller.secret).encode()


@pytest.mark.parametrize(
    "path",
    ["/v1/billing/balance", "/v1/orgs", "/healthz", "/v1/nothing", "/openapi.json", "/docs"],
)
def test_no_answer_is_kept_or_guessed_at(admin: Api, path: str) -> None:
    answer = admin.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_said_before_a_request_is_known_is_not_kept_either(service: Served) -> None:
    with raw(service) as caller:
        answer = caller.ask(b"nonsense\r\n\r\n")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_export_is_not_kept_either(admin: Api) -> None:
    answer = admin.get("/v1/audit/export")
    assert answer.headers.get_list("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("path", ["/v1/orgs/", "/v1/billing/balance/", "/docs/", "/healthz/", "//"])
def test_no_path_redirects(service: Served, admin: Api, path: str) -> None:
    headers = admin.headers | {"Host": "evil.example"}
    problem(service.http.get(path, headers=headers), 404, "no_such_route", None)


def hung_up(operator: Api) -> float:
    """How many callers went away before their request had come, by the service's own count."""
    page = operator.get("/metrics").text
    lines = [line for line in page.splitlines() if 'status="499"' in line]
    return sum(float(line.split()[-1]) for line in lines)


@pytest.mark.parametrize(
    "path", [b"/v1/billing/usage", b"/v1/billing/deposits", b"/v1/billing/usage/batch"]
)
def test_a_caller_who_hangs_up_is_counted_as_that_and_not_logged(
    service: Served, admin: Api, caplog: pytest.LogCaptureFixture, path: bytes
) -> None:
    caplog.set_level(logging.INFO)
    before = hung_up(service.operator)
    done(admin.get("/v1/billing/balance"))
    with raw(service) as caller:
        begin = USAGE.replace(b"/v1/billing/usage", path) + authorization(admin)
        caller.send(begin + b"Idempotency-Key: k\r\nContent-Length: 100\r\n\r\n{")
    while hung_up(service.operator) == before:
        pass
    assert hung_up(service.operator) == before + 1
    assert not [each for each in caplog.records if each.name.startswith(("api", "uvicorn"))]
