"""What headers decide, and those that every answer has."""

from __future__ import annotations

import logging
import tracemalloc
import uuid
from collections.abc import Callable

import pytest

from tests.api.problems import problem
from tests.api.raw import Answer, raw
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


# What they decide


def post(
    service: Served, caller: Api, path: str, body: bytes, *lines: bytes, chunked: bool = False
) -> Answer:
    """The answer to a POST with these header lines, byte for byte."""
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    if chunked:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    head = [b"POST %s HTTP/1.1" % path.encode(), b"Host: x", framing, *lines]
    with raw(service) as connection:
        return connection.ask(b"\r\n".join(head) + b"\r\n\r\n" + body)


JSON = b"Content-Type: application/json"
DEPOSIT = b'{"user":"ada","amount":1}'
PATHS: dict[str, Callable[[], bytes]] = {
    "/v1/billing/deposits": lambda: DEPOSIT,
    "/v1/billing/usage": lambda: b'{"id":"%s","user":"ada","amount":1}' % uuid.uuid4().hex.encode(),
    "/v1/billing/holds": lambda: b'{"user":"ada","amount":1}',
}
"""The framework's way, and two that have a fast one."""


def bearer(caller: Api) -> bytes:
    return b"Authorization: Bearer %s" % str(caller.secret).encode()


@pytest.fixture(scope="module")
def payer(service: Served) -> Api:
    admin = service.new_admin()
    admin.deposit("ada", "1000")
    return admin


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("around", [(b"", b""), (b"", b" "), (b"", b" \t "), (b"\t  ", b"\t")])
def test_white_space_around_a_header_is_no_part_of_it(
    service: Served, payer: Api, around: tuple[bytes, bytes], path: str, chunked: bool
) -> None:
    """RFC 9110, 5.5: a proxy may trim between a request and its retry."""
    before, after = around
    key = uuid.uuid4().hex.encode()
    body = PATHS[path]()
    plain = (JSON, bearer(payer), b"Idempotency-Key: " + key)
    padded = [
        name + b":" + before + value.lstrip() + after
        for name, _, value in (line.partition(b":") for line in plain)
    ]
    first = post(service, payer, path, body, *plain)
    again = post(service, payer, path, body, *padded, chunked=chunked)
    assert first.status == again.status == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert first.body == again.body


def test_white_space_around_x_org_is_no_part_of_it(service: Served, payer: Api) -> None:
    org = str(payer.org).encode()
    for line in (b"X-Org: %s ", b"X-Org:%s\t", b"X-Org: \t%s"):
        lines = (JSON, bearer(service.operator), b"Idempotency-Key: k", line % org)
        assert post(service, payer, "/v1/billing/deposits", DEPOSIT, *lines).status == 201


@pytest.mark.parametrize(
    "key", ["grün".encode(), "grün".encode("latin-1"), b"a\xa0", b"a\tb", b"k" * 256, b"\xff"]
)
@pytest.mark.parametrize("path", ["/v1/billing/deposits", "/v1/billing/holds"])
def test_an_idempotency_key_is_printable_ascii(
    service: Served, payer: Api, path: str, key: bytes
) -> None:
    answer = post(service, payer, path, DEPOSIT, JSON, bearer(payer), b"Idempotency-Key: " + key)
    assert (answer.status, answer.json["field"]) == (422, "Idempotency-Key")
    assert "printable ASCII" in answer.json["detail"]


@pytest.mark.parametrize("end", [b"\xa0", b"\x85", b"\xa0\xa0", "\u200b".encode(), b"=", b" x"])
@pytest.mark.parametrize("path", PATHS)
def test_what_follows_a_key_is_part_of_it(
    service: Served, payer: Api, path: str, end: bytes
) -> None:
    lines = (JSON, bearer(payer) + end, b"Idempotency-Key: k")
    assert post(service, payer, path, PATHS[path](), *lines).status == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("Idempotency-Key", b"one", b"two"),
        ("Content-Type", b"application/json", b"text/plain"),
        ("Content-Type", b"application/json", b"application/json"),
        ("X-Org", b"acme", b"other"),
    ],
)
def test_a_header_that_decides_is_given_once(
    service: Served, payer: Api, path: str, name: str, first: bytes, second: bytes
) -> None:
    lines = {"Content-Type": JSON, "Idempotency-Key": b"Idempotency-Key: k"}
    lines.pop(name, None)
    twice = [name.encode() + b": " + value for value in (first, second)]
    answer = post(service, payer, path, PATHS[path](), bearer(payer), *lines.values(), *twice)
    assert (answer.status, answer.json["code"]) == (400, "malformed_request")
    assert answer.json["field"] == name


@pytest.mark.parametrize("path", PATHS)
def test_of_two_credentials_neither_is_believed(service: Served, payer: Api, path: str) -> None:
    """Not even later, by one of them alone."""
    other = service.new_admin()
    lines = (JSON, b"Idempotency-Key: k", bearer(payer), bearer(other))
    assert post(service, payer, path, PATHS[path](), *lines).status == 400
    done(other.use("eve", "1"))
    assert other.balance("eve")["debt"] == "1"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    "line", [b"Content-Encoding: gzip", b"Content-Encoding: br, gzip", b"Content-Encoding: x"]
)
def test_a_body_that_says_to_be_coded_is_not_taken_as_it_is(
    service: Served, payer: Api, path: str, line: bytes, chunked: bool
) -> None:
    lines = (JSON, bearer(payer), b"Idempotency-Key: k", line)
    answer = post(service, payer, path, PATHS[path](), *lines, chunked=chunked)
    assert (answer.status, answer.json["field"]) == (415, "Content-Encoding")


def test_a_body_in_chunks_that_are_coded_is_not_taken_as_it_is(service: Served, payer: Api) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(DEPOSIT), DEPOSIT)
    head = b"POST /v1/billing/deposits HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n"
    lines = b"\r\n".join([JSON, bearer(payer), b"Idempotency-Key: k"])
    with raw(service) as caller:
        answer = caller.ask(head + lines + b"\r\n\r\n" + body)
    assert (answer.status, answer.json["field"]) == (415, "Transfer-Encoding")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "media_type",
    [
        b"application/json",
        b"Application/JSON;charset=UTF-8",
        b'application/json; charset="utf-8"',
        b'application/json;Charset="UTF-8"',
        b"application/json ;",
    ],
)
def test_json_in_utf_8_may_be_said_in_many_ways(
    service: Served, payer: Api, path: str, media_type: bytes
) -> None:
    lines = (
        b"Content-Type: " + media_type,
        bearer(payer),
        b"Idempotency-Key: " + uuid.uuid4().hex.encode(),
    )
    assert post(service, payer, path, PATHS[path](), *lines).status == 201


@pytest.mark.parametrize(
    "media_type",
    [b"text/json", b"application/json2", b'application/json; charset="latin-1"', b"application"],
)
def test_another_media_type_is_refused(service: Served, payer: Api, media_type: bytes) -> None:
    for path, body in PATHS.items():
        lines = (b"Content-Type: " + media_type, bearer(payer), b"Idempotency-Key: k")
        answer = post(service, payer, path, body(), *lines)
        assert (answer.status, answer.json["field"]) == (415, "Content-Type")


CONDITIONS = (b"If-Match: x", b"If-None-Match: *", b"If-Modified-Since: x", b"Range: bytes=0-1")


def test_what_decides_nothing_may_be_given_as_it_comes(service: Served, payer: Api) -> None:
    lines = [bearer(payer), *CONDITIONS, b"Accept: text/html", b"Accept: image/png", b"X-Org2: a"]
    request = b"GET /v1/billing/balance?user=ada HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"
    with raw(service) as caller:
        answer = caller.ask(request)
    assert answer.status == 200
    assert answer.json["user"] == "ada"


@pytest.mark.parametrize("agent", [b"\x9b31mred", b"a\xc2\x9bb", b"tab\there", "grün".encode()])
def test_a_user_agent_is_kept_as_what_a_terminal_can_show(
    service: Served, payer: Api, agent: bytes
) -> None:
    key = b"Idempotency-Key: " + uuid.uuid4().hex.encode()
    lines = (JSON, bearer(payer), key, b"User-Agent: " + agent)
    answer = post(service, payer, "/v1/billing/deposits", DEPOSIT, *lines)
    event = done(payer.get(f"/v1/audit/events/{answer.json['sequence']}"))
    kept = (
        event["actor"]["origin"]["agent"]
        if "origin" in event["actor"]
        else event["origin"]["agent"]
    )
    assert kept.isascii()
    assert kept.isprintable()
    assert kept == agent.decode("latin-1").encode("unicode_escape").decode()


def test_long_user_agents_are_not_kept_whole(service: Served, payer: Api) -> None:
    gateway = service.issue(str(payer.org), "gateway")
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    with raw(service) as caller:
        for number in range(300):
            agent = b"User-Agent: %060000d" % number
            head = [b"GET /v1/billing/balance HTTP/1.1", bearer(gateway), agent]
            assert caller.ask(b"\r\n".join(head) + b"\r\n\r\n").status == 200
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 300 * 10_000
