"""A fast request is answered in one write, and as every other: in its order, with the headers that
all have, and as one from its client where a trusted proxy says whose it is."""

from __future__ import annotations

import uuid

import pytest

from tests.api.raw import raw
from tests.api.served import Api, Served, done

HEADERS = ["date", "content-length", "content-type", "x-request-id", "cache-control"]


@pytest.fixture(scope="module")
def payer(service: Served) -> Api:
    """The admin of an org of its own, whose user has credits."""
    admin = service.new_admin()
    admin.deposit("ada", "1000")
    return admin


def line(payer: Api, *lines: bytes, version: bytes = b"1.1") -> tuple[bytes, bytes]:
    """The head of a usage line of its own, and its body."""
    body = b'{"id":"%b","user":"ada","amount":1}' % uuid.uuid4().hex.encode()
    given = (
        b"POST /v1/billing/usage HTTP/" + version,
        b"Host: x",
        b"Authorization: Bearer " + str(payer.secret).encode(),
        b"Content-Type: application/json",
        *lines,
    )
    return b"\r\n".join(given) + b"\r\n", body


def fast(payer: Api, *lines: bytes, version: bytes = b"1.1") -> bytes:
    """A request that says how long it is."""
    head, body = line(payer, *lines, version=version)
    return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def in_chunks(payer: Api, *lines: bytes) -> bytes:
    """One that does not, and is no fast one."""
    head, body = line(payer, *lines)
    return head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def test_fast_and_other_answers_have_the_same_headers(service: Served, payer: Api) -> None:
    with raw(service) as caller:
        quick, other = caller.ask(fast(payer)), caller.ask(in_chunks(payer))
    assert (quick.status, other.status) == (201, 201)
    assert list(quick.headers)[:5] == HEADERS
    assert quick.headers.keys() == other.headers.keys()


def test_fast_requests_on_one_connection_are_answered_in_their_order(
    service: Served, payer: Api
) -> None:
    names = [b"one", b"two", b"three"]
    with raw(service) as caller:
        caller.send(b"".join(fast(payer, b"X-Request-Id: " + name) for name in names))
        answers = [caller.answer() for _ in names]
    assert [each.status for each in answers] == [201] * 3
    assert [each.headers["x-request-id"].encode() for each in answers] == names


@pytest.mark.parametrize("cut", [1, 40, -20, -1])
def test_a_fast_request_may_come_in_pieces(service: Served, payer: Api, cut: int) -> None:
    request = fast(payer)
    with raw(service) as caller:
        assert caller.ask(fast(payer)).status == 201
        caller.send(request[:cut])
        assert caller.ask(request[cut:]).status == 201


@pytest.mark.parametrize(
    ("lines", "version"), [((b"Connection: close",), b"1.1"), ((), b"1.0")], ids=["said", "1.0"]
)
def test_a_connection_that_is_to_end_ends_after_the_answer(
    service: Served, payer: Api, lines: tuple[bytes, ...], version: bytes
) -> None:
    with raw(service) as caller:
        answer = caller.ask(fast(payer, *lines, version=version))
        assert (answer.status, answer.headers["connection"]) == (201, "close")
        assert caller.is_closed()


def test_a_body_that_waits_to_be_asked_for_is_asked_for(service: Served, payer: Api) -> None:
    head, _, body = fast(payer, b"Expect: 100-continue").partition(b"\r\n\r\n")
    with raw(service) as caller:
        caller.send(head + b"\r\n\r\n")
        assert caller.interim() == 100
        assert caller.ask(body).status == 201


@pytest.mark.parametrize("made", [fast, in_chunks])
def test_what_a_trusted_proxy_forwards_is_from_its_client(
    service: Served, payer: Api, made: object
) -> None:
    assert callable(made)
    with raw(service) as caller:
        forwarded = caller.ask(made(payer, b"X-Forwarded-For: 203.0.113.7")).json["sequence"]
        own = caller.ask(made(payer)).json["sequence"]
    addresses = [
        done(payer.get(f"/v1/audit/events/{sequence}"))["origin"]["address"]
        for sequence in (forwarded, own)
    ]
    assert addresses == ["203.0.113.7", "127.0.0.1"]
