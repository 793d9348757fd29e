"""The load generator sends every request, counts every answer, and does not flatter latencies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.load import Load, Pair, generate

OK = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b"
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


@contextmanager
def answering(answer: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """A server that answers each request of each connection, whole requests at a time."""

    def talk(connection: socket.socket) -> None:
        with connection:
            while request := connection.recv(1 << 16):
                answer(connection, request)

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def in_pieces(connection: socket.socket, request: bytes) -> None:
    whole = OK % (len(request), request)
    connection.sendall(whole[:20])
    time.sleep(0.002)
    connection.sendall(whole[20:])


def test_every_request_is_answered_once_also_in_pieces() -> None:
    with answering(in_pieces) as url:
        run = generate(Load(url, [REQUEST] * 50, connections=4, seconds=30))
    assert run.statuses == {200: 50}
    assert len(run.latencies) == 50
    assert run.last.endswith(REQUEST)


def test_a_refusal_is_kept_to_be_shown() -> None:
    def refuse(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 422 No\r\ncontent-length: 4\r\n\r\nwhy!")

    with answering(refuse) as url:
        run = generate(Load(url, [REQUEST], connections=1, seconds=30))
    assert run.statuses == {422: 1}
    assert run.refused.endswith(b"why!")


def test_the_second_of_a_pair_names_what_the_first_made() -> None:
    seen = []

    def make(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(OK % (15, b'{"id":"made_42"'))

    pair = Pair(first=b"PUT", then=b"GET /made_??/end", mark=b"made_", blank=b"made_??")
    with answering(make) as url:
        run = generate(Load(url, [pair], connections=1, seconds=30))
    assert seen == [b"PUT", b"GET /made_42/end"]
    assert run.statuses == {200: 2}


def test_a_latency_counts_from_when_its_request_was_due() -> None:
    def slowly(connection: socket.socket, _: bytes) -> None:
        time.sleep(0.05)
        connection.sendall(OK % (0, b""))

    with answering(slowly) as url:
        run = generate(Load(url, [REQUEST] * 5, connections=1, seconds=30, rate=100))
    # The n-th is due after n * 10 ms and its only connection is free after n * 50 ms.
    assert all(each >= 0.05 + 0.04 * n for n, each in enumerate(run.latencies))
