"""The load generator: keep-alive connections over one epoll loop, in a process of its own.

Bare sockets and almost no parsing, so that a request costs it a few microseconds and it is not the
limit: `python -m bench.generator` measures it against an echo. Requests are made from a recipe that
the process gets, before the clock starts, so making them costs the run nothing.
"""

from __future__ import annotations

import gc
import select
import socket
import time
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

RECEIVED_MAX = 1 << 18
PREPARED_PER_S = 8_000_000
"""Bytes of requests made beforehand for a second of a run; it makes more itself if it must."""

_LENGTH = b"content-length: "
_NEVER = float("inf")


class Pair(NamedTuple):
    """Two requests, the second about what the first made: it begins as a copy of `then`, in which
    `blank` is replaced by as many bytes of the first answer, from the first `mark` on."""

    first: bytes
    then: bytes
    mark: bytes
    blank: bytes


Request = bytes | Pair


@dataclass(frozen=True)
class Load:
    """What to send, over how many connections, for how many seconds.

    With a `rate` (requests a second) each is sent when its time has come and its latency counts
    from then, also when every connection was still busy (and up to a millisecond when none was: so
    exact is the wait); without one, whenever the last was answered. Ends earlier when the requests
    do.
    """

    url: str
    requests: Iterable[Request]
    connections: int
    seconds: float
    rate: float | None = None


@dataclass
class Run:
    """What one run saw. Times in seconds; `cpu_s` is the generator's own."""

    seconds: float = 0.0
    cpu_s: float = 0.0
    latencies: array[float] = field(default_factory=lambda: array("d"))
    statuses: dict[int, int] = field(default_factory=dict)
    longest_gap_s: float = 0.0
    """The longest time without any answer."""
    last: bytes = b""
    refused: bytes = b""
    """An answer that was no success, if there was one."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def request_us(self) -> float:
        """What one request cost the generator, in microseconds of CPU."""
        return 1e6 * self.cpu_s / len(self.latencies)


class Generator:
    """One run. Connections are known by their file descriptors."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.run = Run()
        self._requests = _prepared(iter(load.requests), load.seconds * PREPARED_PER_S)
        self._poller = select.epoll()
        self._sockets = {each.fileno(): each for each in _connect(load)}
        for each in self._sockets:
            self._poller.register(each, select.EPOLLIN)
        self._idle = deque(self._sockets)  # in turn: the service closes one that says nothing
        self._busy = 0
        self._sent_at = dict.fromkeys(self._sockets, 0.0)
        self._received = dict.fromkeys(self._sockets, b"")
        self._pairs: dict[int, Pair] = {}
        self._answered_at = 0.0

    def __call__(self) -> Run:
        """Send until the time is over, then wait for what is under way."""
        cpu_s, started = time.process_time(), time.perf_counter()
        self._answered_at = started
        end = started + self.load.seconds
        interval = 1 / self.load.rate if self.load.rate else 0.0
        due = started
        while self._busy or due < end:
            due = self._send(due, end, interval)
            if due == _NEVER and not self._busy:
                break
            wait_s = due - time.perf_counter() if interval and self._idle and due < end else None
            for each, _ in self._poller.poll(None if wait_s is None else max(0.0, wait_s)):
                self._receive(each)
            if not interval and due != _NEVER:
                due = time.perf_counter()
        self.run.seconds = self._answered_at - started
        self.run.cpu_s = time.process_time() - cpu_s
        for connection in self._sockets.values():
            connection.close()
        self._poller.close()
        return self.run

    def _send(self, due: float, end: float, interval: float) -> float:
        """Send what is due over idle connections; answers when the next is."""
        now = time.perf_counter()
        while self._idle and due <= now and due < end:
            request = next(self._requests, None)
            if request is None:
                return _NEVER
            each = self._idle.popleft()
            if isinstance(request, Pair):
                self._pairs[each] = request
                request = request.first
            self._sent_at[each] = due if interval else time.perf_counter()
            self._busy += 1
            self._sockets[each].sendall(request)
            due += interval
        return due

    def _receive(self, each: int) -> None:
        data = self._sockets[each].recv(RECEIVED_MAX)
        now = time.perf_counter()
        if not data:
            raise ConnectionError("the service closed a connection.")
        if self._received[each]:
            data = self._received[each] + data
        if not _is_whole(data):
            self._received[each] = data
            return
        self._received[each] = b""
        self._count(each, data, now)
        pair = self._pairs.pop(each, None)
        if pair is None or data[9:10] != b"2":
            self._busy -= 1
            self._idle.append(each)
            return
        found = data.index(pair.mark)
        made = data[found : found + len(pair.blank)]
        self._sent_at[each] = time.perf_counter()
        self._sockets[each].sendall(pair.then.replace(pair.blank, made))

    def _count(self, each: int, data: bytes, now: float) -> None:
        run = self.run
        run.latencies.append(now - self._sent_at[each])
        status = int(data[9:12])
        run.statuses[status] = run.statuses.get(status, 0) + 1
        if status >= 300:
            run.refused = data
        run.last = data
        gap = now - self._answered_at
        if gap > run.longest_gap_s:
            run.longest_gap_s = gap
        self._answered_at = now


def _prepared(requests: Iterator[Request], bytes_max: float) -> Iterator[Request]:
    made, size = [], 0
    for request in requests:
        made.append(request)
        size += sum(map(len, request)) if isinstance(request, Pair) else len(request)
        if size > bytes_max:
            break
    return chain(made, requests)


def _connect(load: Load) -> Iterable[socket.socket]:
    at = urlsplit(load.url)
    for _ in range(load.connections):
        each = socket.create_connection((at.hostname or "127.0.0.1", at.port or 80))
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield each


def _is_whole(data: bytes) -> bool:
    """Whether an answer has all the bytes it announces."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return False
    start = data.find(_LENGTH, 0, head) + len(_LENGTH)
    assert start >= len(_LENGTH), "an answer without a length"
    return len(data) - head - 4 >= int(data[start : data.find(b"\r", start)])


def generate(load: Load) -> Run:
    """One run in this process."""
    gc.collect()
    gc.disable()
    try:
        return Generator(load)()
    finally:
        gc.enable()
