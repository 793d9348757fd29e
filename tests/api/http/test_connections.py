"""Connections that send too much, too little, or what nobody understands: each has its end, and
others do not notice."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from api.container import Endpoints
from api.http.server.connection import HEAD_LINES_MAX, HEAD_MAX, PIPELINED_MAX, Wait
from api.http.server.server import USUAL, Limits
from tests.api.raw import WAITS_S, Answer, raw
from tests.api.served import Api, Served, served
from tests.reached import meet

SOON = dict.fromkeys(Wait, 0.2)
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
USAGE = b"POST /v1/billing/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def hasty(ends: Endpoints) -> Iterator[Served]:
    """A service that waits for a fifth of a second."""
    limits = Limits(usual=SOON, hurried=SOON, sweep_every=1)
    with served(ends, read_models=False, limits=limits) as running:
        yield running


def refused(answer: Answer, status: int, code: str) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.json["code"] == code
    assert answer.json["detail"].endswith(".")
    meet(code)


def head(size: int) -> bytes:
    """A request whose head has exactly that many bytes."""
    begin, end = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ", b"\r\n\r\n"
    return begin + b"x" * (size - len(begin) - len(end)) + end


# The head


@pytest.mark.reaches("head_too_large")
def test_a_head_has_64_kb_and_no_byte_more(service: Served) -> None:
    with raw(service) as caller:
        assert caller.ask(head(HEAD_MAX)).status == 200
        assert caller.ask(head(HEAD_MAX)).status == 200  # each is counted for itself
    with raw(service) as caller:
        refused(caller.ask(head(HEAD_MAX + 1)), 431, "head_too_large")
        assert caller.is_closed()


def test_a_head_has_100_lines_and_none_more(service: Served) -> None:
    lines = b"".join(b"X-%d: y\r\n" % number for number in range(HEAD_LINES_MAX))
    with raw(service) as caller:
        assert caller.ask(b"GET /healthz HTTP/1.1\r\n" + lines + b"\r\n").status == 200
        refused(
            caller.ask(b"GET /healthz HTTP/1.1\r\n" + lines + b"One: more\r\n\r\n"),
            431,
            "head_too_large",
        )
        assert caller.is_closed()


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"GET /healthz HTTP/1.1\r\nX-Long: ", b"x" * 8192),
        (b"GET /healthz HTTP/1.1\r\nX-", b"x" * 8192),
        (b"GET /", b"x" * 8192),
        (b"", b"\r\n" * 4096),
        (USAGE + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"x" * 8192),
        (USAGE + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 8192),
        (USAGE + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ", b"x" * 8192),
    ],
    ids=["value", "name", "path", "nothing", "extension", "zeros", "trailer"],
)
def test_what_has_no_end_is_refused_while_it_comes(
    service: Served, begin: bytes, piece: bytes
) -> None:
    with raw(service) as endless, raw(service) as other:
        endless.send(begin)
        for _ in range(2 * HEAD_MAX // len(piece) + 1):
            endless.send(piece)
        answer = endless.answer()
        assert answer.status in (401, 431)  # a body that is not asked for is not waited for
        if answer.status == 431:
            refused(answer, 431, "head_too_large")
        assert endless.is_closed()
        assert other.ask(HEALTH).status == 200


def test_short_lines_without_end_are_refused_at_the_hundredth(service: Served) -> None:
    with raw(service) as caller:
        caller.send(b"GET /healthz HTTP/1.1\r\n" + b"a:\r\n" * 200)
        refused(caller.answer(), 431, "head_too_large")


def test_what_follows_a_body_is_no_part_of_its_head(service: Served, admin: Api) -> None:
    """A proxy that checked the head has not seen it."""
    with raw(service) as caller:
        body = b'{"user":"ada","amount":1}'
        answer = caller.ask(
            b"POST /v1/billing/deposits HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/json\r\nAuthorization: Bearer "
            + str(admin.secret).encode()
            + b"\r\n\r\n%x\r\n%s\r\n0\r\nIdempotency-Key: later\r\n\r\n" % (len(body), body)
        )
        assert answer.json["code"] == "missing_input"


# What nobody understands


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/3.0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX : y\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: y\r\n z\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: \0\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        USAGE + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        USAGE + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        USAGE + b"Content-Length: 99999999999999999999\r\n\r\n",
        USAGE + b"Content-Length: -1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_a_problem_and_the_end(service: Served, request_: bytes) -> None:
    with raw(service) as caller:
        refused(caller.ask(request_), 400, "malformed_request")
        assert caller.is_closed()


@pytest.mark.parametrize("size", [b"fffffffffffffffff", b"g", b"-1", b" 1"])
def test_a_chunk_without_a_size_ends_the_connection(
    service: Served, admin: Api, size: bytes
) -> None:
    with raw(service) as caller:
        begin = USAGE + b"Authorization: Bearer " + str(admin.secret).encode()
        caller.send(begin + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n")
        refused(caller.answer(), 400, "malformed_request")
        assert caller.is_closed()


@pytest.mark.reaches("malformed_request")
def test_what_was_asked_before_it_is_answered_first(service: Served, admin: Api) -> None:
    with raw(service) as caller:
        caller.send(HEALTH + HEALTH + b"nonsense\r\n\r\n")
        assert [caller.answer().status for _ in range(2)] == [200, 200]
        refused(caller.answer(), 400, "malformed_request")
        assert caller.is_closed()


@pytest.mark.reaches("busy")
def test_more_requests_at_once_than_can_wait_are_refused_after_those_that_could(
    service: Served,
) -> None:
    with raw(service) as caller:
        caller.send(HEALTH * (PIPELINED_MAX + 2))
        statuses = [caller.answer().status for _ in range(PIPELINED_MAX + 1)]
        assert statuses == [200] * (PIPELINED_MAX + 1)
        refused(caller.answer(), 503, "busy")
        assert caller.is_closed()


# Another protocol


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket", b"TLS/1.0"])
@pytest.mark.parametrize("pieces", [1, 2, 400])
def test_an_upgrade_that_is_not_spoken_here_is_ignored(
    service: Served, admin: Api, upgrade: bytes, pieces: int
) -> None:
    body = b'{"id":"%s-%d","user":"ada","amount":1}' % (upgrade, pieces)
    request = (
        USAGE
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %s\r\nHTTP2-Settings: x\r\n" % upgrade
        + b"Authorization: Bearer %s\r\n" % str(admin.secret).encode()
        + b"Content-Length: %d\r\n\r\n" % len(body)
        + body
    )
    step = -(-len(request) // pieces)
    with raw(service) as caller:
        for begin in range(0, len(request), step):
            caller.send(request[begin : begin + step])
        assert caller.answer().status == 201
        assert caller.ask(HEALTH).status == 200


def test_an_upgrade_with_chunks_or_without_a_body_is_ignored_too(
    service: Served, admin: Api
) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: h2c\r\nAuthorization: Bearer %s\r\n" % (
        str(admin.secret).encode()
    )
    with raw(service) as caller:
        balance = b"GET /v1/billing/balance HTTP/1.1\r\nHost: x\r\n" + upgrade + b"\r\n"
        caller.send(balance * 3)
        assert [caller.answer().status for _ in range(3)] == [200] * 3
        body = b'{"id":"chunked","user":"ada","amount":1}'
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        answer = caller.ask(USAGE + upgrade + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
        assert answer.status == 201
        assert caller.ask(HEALTH).status == 200


def test_a_head_is_answered_as_its_get_without_the_body(service: Served, admin: Api) -> None:
    lines = b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % str(admin.secret).encode()
    with raw(service) as caller:
        for path in (b"/v1/billing/balance", b"/v1/billing/usage?period=2026-02", b"/healthz"):
            got = caller.ask(b"GET " + path + lines)
            caller.send(b"HEAD " + path + lines)
            headed = caller.answer(to_head=True)
            assert (got.status, headed.status) == (200, 200)
            assert headed.headers["content-length"] == str(len(got.body))
            assert headed.headers["content-type"] == got.headers["content-type"]
        caller.send(b"HEAD /v1/billing/deposits" + lines)
        assert caller.answer(to_head=True).status == 405


# Time


@pytest.mark.reaches("request_timeout")
@pytest.mark.parametrize("begin", [b"GET /healthz HTT", b"GET /healthz HTTP/1.1\r\nHost:"])
def test_a_head_that_does_not_come_to_its_end_is_refused_in_time(
    hasty: Served, begin: bytes
) -> None:
    with raw(hasty) as caller:
        refused(caller.ask(begin), 408, "request_timeout")
        assert caller.is_closed()


@pytest.mark.parametrize(
    "begin",
    [
        USAGE + b"Content-Length: 10\r\n\r\n{",
        USAGE + b"Content-Length: 10\r\n\r\n",
        USAGE + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        USAGE + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n{",
        USAGE + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n",
    ],
)
def test_a_body_that_does_not_come_to_its_end_is_refused_in_time(
    hasty: Served, begin: bytes
) -> None:
    secret = str(hasty.operator.secret).encode()
    with raw(hasty) as caller:
        caller.send(begin.replace(b"Host: x", b"X-Org: x\r\nAuthorization: Bearer " + secret))
        answer = caller.answer()
        if answer.status != 404:  # there is no such org: nobody waits for the body
            refused(answer, 408, "request_timeout")
        assert caller.is_closed()


def test_silent_callers_are_closed_in_time(hasty: Served) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(raw(hasty)) for _ in range(200)]
        assert all(each.is_closed() for each in silent)


def test_an_idle_caller_is_closed_in_time(hasty: Served) -> None:
    with raw(hasty) as caller:
        assert caller.ask(HEALTH).status == 200
        assert caller.is_closed()


def test_a_caller_who_does_not_read_is_cut_off_in_time(hasty: Served) -> None:
    with raw(hasty, receives=4096) as caller:
        caller.send(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * PIPELINED_MAX)
        gone = select.poll()
        gone.register(caller.fileno(), 0)  # nothing asked for: told when it is reset
        assert gone.poll(WAITS_S * 1000)


def test_a_refused_caller_who_does_not_go_is_cut_off_in_time(hasty: Served) -> None:
    with raw(hasty) as caller:
        refused(caller.ask(b"nonsense\r\n\r\n"), 400, "malformed_request")
        assert caller.is_closed()
        gone = select.poll()
        gone.register(caller.fileno(), 0)
        assert gone.poll(WAITS_S * 1000)


def test_where_there_is_no_room_callers_wait_and_the_idle_ones_go(ends: Endpoints) -> None:
    limits = Limits(connections=3, usual=USUAL, hurried=SOON, sweep_every=1)
    with served(ends, read_models=False, limits=limits) as running, ExitStack() as stack:
        silent = [stack.enter_context(raw(running)) for _ in range(3)]
        with raw(running) as late:
            assert late.ask(HEALTH).status == 200
        assert all(each.is_closed() for each in silent)
