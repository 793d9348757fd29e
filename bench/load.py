"""A load generator in a process of its own: keep-alive connections that send prepared requests.

Bare asyncio protocols, so that it costs a few microseconds a request and is not the limit; the
benchmark prints what it reaches against an echo server.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import uvloop


@dataclass
class Measured:
    """What one run saw: answers by status, latency of each in seconds, and its length."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """Answers received."""
        return len(self.latencies)

    def percentile(self, percent: float) -> float:
        """A latency in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class _Connection(asyncio.Protocol):
    """One keep-alive connection: sends the next request when the last was answered."""

    def __init__(self, requests: list[bytes], measured: Measured, done: asyncio.Event) -> None:
        self.requests = requests
        self.measured = measured
        self.done = done
        self.buffer = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._send()

    def _send(self) -> None:
        if not self.requests:
            self.transport.close()
            self.done.set()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(self.requests.pop())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self.buffer = b""
        status = int(head[9:12])
        self.measured.latencies.append(time.perf_counter() - self.sent_at)
        self.measured.statuses[status] = self.measured.statuses.get(status, 0) + 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.done.set()


def _content_length(head: bytes) -> int:
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    end = lower.find(b"\r\n", start)
    return int(lower[start : end if end >= 0 else None])


def http_request(url: str, path: str, key: str, body: bytes) -> bytes:
    """The bytes of one POST."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _run(url: str, requests: Sequence[bytes], connections: int) -> Measured:
    address = urlsplit(url)
    measured = Measured()
    loop = asyncio.get_running_loop()
    waiting = [list(requests[place::connections]) for place in range(connections)]
    done = [asyncio.Event() for _ in waiting]
    started = time.perf_counter()
    for queue, event in zip(waiting, done, strict=True):
        await loop.create_connection(
            lambda queue=queue, event=event: _Connection(queue, measured, event),  # type: ignore[misc]
            address.hostname or "127.0.0.1",
            address.port or 80,
        )
    await asyncio.gather(*(event.wait() for event in done))
    measured.seconds = time.perf_counter() - started
    return measured


def _work(
    url: str, requests: Sequence[bytes], connections: int, answer: mp.Queue[Measured]
) -> None:
    answer.put(uvloop.run(_run(url, requests, connections)))


def run(url: str, requests: Sequence[bytes], connections: int) -> Measured:
    """Send every request over that many connections, from another process."""
    context = mp.get_context("spawn")
    answer: mp.Queue[Measured] = context.Queue()
    process = context.Process(target=_work, args=(url, requests, connections, answer))
    process.start()
    measured = answer.get(timeout=300)
    process.join()
    return measured
