"""Receivers: in memory and over HTTP they keep one promise; a webhook whatever it meets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Iterator

import pytest

from adapters.memory.receiver import MemoryReceiver
from adapters.webhook import Webhook
from ledger.kernel import outside
from ledger.kernel.outside import NeverTaken, NotTaken
from tests.contracts.stores import clock_us

from .hostile import Receiver, free_port, receiving

SECRET = bytes(range(32))
ID = "cap-alerts/acme/17"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture(params=["memory", "webhook"])
def kept(request: pytest.FixtureRequest) -> tuple[outside.Receiver, dict[str, bytes]]:
    """A receiver of each kind, and what it was told."""
    if request.param == "memory":
        memory = MemoryReceiver()
        return memory, memory.taken
    served: Receiver = request.getfixturevalue("receiver")
    return Webhook(served.url, [], clock_us), served.taken


def post(url: str, patience_s: float = 20, secret: bytes | None = None) -> None:
    asyncio.run(
        Webhook(url, [secret] if secret else [], clock_us, patience_s).post(ID, b'{"what": 1}')
    )


def answer(status: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Length: 0", *headers, "", ""]
    return "\r\n".join(lines).encode()


def test_what_is_handed_over_twice_is_told_once_by_its_id(
    kept: tuple[outside.Receiver, dict[str, bytes]],
) -> None:
    door, taken = kept
    for id in (ID, ID, "other/acme/1"):
        asyncio.run(door.post(id, b"content"))
    assert taken == {ID: b"content", "other/acme/1": b"content"}


def test_a_call_is_signed_as_standard_webhooks_are(receiver: Receiver) -> None:
    post(receiver.url, secret=SECRET)
    (headers,) = receiver.headers
    assert headers["webhook-id"] == headers["idempotency-key"] == ID
    assert headers["content-type"] == "application/json"
    assert abs(int(headers["webhook-timestamp"]) - clock_us() / 1e6) < 300
    signed = f'{ID}.{headers["webhook-timestamp"]}.{{"what": 1}}'.encode()
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    post(receiver.url)
    assert "webhook-signature" not in receiver.headers[0]


@pytest.mark.parametrize("status", [500, 502, 503, 401, 403, 404, 408, 409, 425, 429, 304, 301])
def test_what_somebody_may_mend_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.answer = answer(f"{status} Whatever")
    with pytest.raises(NotTaken, match=str(status)):
        post(receiver.url)


@pytest.mark.parametrize("status", [400, 405, 410, 413, 415, 422, 501])
def test_what_can_never_succeed_is_not(receiver: Receiver, status: int) -> None:
    receiver.answer = answer(f"{status} Whatever")
    with pytest.raises(NeverTaken, match=str(status)):
        post(receiver.url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed_elsewhere(receiver: Receiver, status: int) -> None:
    with receiving(Receiver()) as elsewhere:
        receiver.answer = answer(f"{status} Elsewhere", f"Location: {elsewhere.url}")
        with pytest.raises(NotTaken, match=str(status)):
            post(receiver.url)
        assert elsewhere.headers == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("120", 120), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)]
)
def test_who_asks_for_time_is_heard(receiver: Receiver, text: str, seconds: int | None) -> None:
    receiver.answer = answer("503 Busy", f"Retry-After: {text}")
    with pytest.raises(NotTaken) as refused:
        post(receiver.url)
    assert refused.value.after_s == seconds


def test_an_endless_answer_is_not_read(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\n\r\n"
    receiver.endless = b"x" * 65_536
    post(receiver.url)
    assert receiver.hung_up.wait(60)


def test_endless_headers_are_hung_up_on(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\n"
    receiver.endless = b"X: " + b"x" * 65_536 + b"\r\n"
    with pytest.raises(NotTaken):
        post(receiver.url)
    assert receiver.hung_up.wait(60)


def test_a_drop_now_and_then_does_not_keep_us(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\n"
    receiver.endless = b"X: x\r\n"
    receiver.pause_s = 0.05
    with pytest.raises(NotTaken, match=r"within 0\.5 s"):
        post(receiver.url, patience_s=0.5)


@pytest.mark.parametrize(
    "lie", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\0" * 99]
)
def test_what_is_no_answer_is_none(receiver: Receiver, lie: bytes) -> None:
    receiver.answer = lie
    with pytest.raises(NotTaken):
        post(receiver.url)


def test_an_answer_that_lies_about_its_length_is_still_an_answer(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nshort"
    post(receiver.url)


def test_nobody_there_is_not_taken() -> None:
    with pytest.raises(NotTaken, match="does not answer"):
        post(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(NotTaken):
        post("http://no-such-host.invalid/")
