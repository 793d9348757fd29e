"""A worker that takes messages ends when it is told to, whatever becomes of its connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from api.container import Endpoints
from api.worker.server import WorkerServer
from ledger.kernel.errors import Unavailable
from ledger.kernel.inbox import DeadLetter, Inbox, Received
from tests.api.served import served


class LostAsItIsCancelled(Inbox):
    """Has no message; whoever is cancelled while they wait for one hears of a lost connection, as a
    client does that is just closing."""

    def __init__(self) -> None:
        self.waited_for = threading.Event()

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def next(self) -> Received | None:
        self.waited_for.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise Unavailable("the connection is lost.") from None
        return None

    async def park(self, letters: Sequence[DeadLetter]) -> None:
        raise AssertionError

    async def answer(self, place: str, status: int, body: bytes) -> None:
        raise AssertionError

    async def done(self, received: Received) -> None:
        raise AssertionError

    async def later(self, received: Received, seconds: float) -> None:
        raise AssertionError


class WorkerInThread(WorkerServer):
    """As a worker's, where nobody sends signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def test_a_worker_ends_although_its_connection_to_nats_is_lost_as_it_is_told_to_stop(
    ends: Endpoints,
) -> None:
    inbox = LostAsItIsCancelled()
    before = set(threading.enumerate())
    with served(
        ends, read_models=False, server=lambda service: WorkerInThread(service, inbox)
    ) as running:
        assert inbox.waited_for.wait(60)
        assert running.http.get("/healthz").status_code == 200
    assert not [each for each in set(threading.enumerate()) - before if each.name == "served"]
