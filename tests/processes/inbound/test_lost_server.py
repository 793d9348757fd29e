"""Who takes usage takes it again however often the server is lost, and ends when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

import api.inbound.usage
from adapters.nats.connection import answering
from api.inbound.usage import InboundUsage
from ledger.kernel.errors import Unavailable
from ledger.kernel.inbox import DeadLetter, Received

ENDED_S = 10.0


class LostInbox:
    """Loses its server as soon as somebody waits, so often; then nothing comes any more."""

    def __init__(self, times: int) -> None:
        self.opened = 0
        self.quiet = asyncio.Event()
        self._times = times

    async def open(self) -> None:
        self.opened += 1
        if self.opened > self._times:
            self.quiet.set()

    async def close(self) -> None:
        """Close nothing."""

    async def next(self) -> Received | None:
        try:
            await asyncio.sleep(ENDED_S if self.quiet.is_set() else 0)
        except asyncio.CancelledError:
            raise Unavailable("it was lost just then.") from None
        raise Unavailable("it was lost.")

    async def park(self, letters: Sequence[DeadLetter]) -> None:
        raise NotImplementedError

    async def answer(self, place: str, status: int, body: bytes) -> None:
        raise NotImplementedError

    async def done(self, received: Received) -> None:
        raise NotImplementedError

    async def later(self, received: Received, seconds: float) -> None:
        raise NotImplementedError


def test_usage_is_taken_again_however_often_the_server_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And a cancellation that comes as it is lost ends it all the same."""
    monkeypatch.setattr(api.inbound.usage, "RETRY_S", 0.0)

    async def lose() -> int:
        inbox = LostInbox(3)
        taking = asyncio.create_task(cast(Any, InboundUsage)(None, None, inbox).run())
        async with asyncio.timeout(ENDED_S):
            await inbox.quiet.wait()
            await asyncio.sleep(0)
            taking.cancel()
            await asyncio.wait([taking])
        return inbox.opened

    assert asyncio.run(lose()) == 4


def test_a_client_that_cancels_who_waits_has_lost_its_server() -> None:
    async def wait(*, is_told_to_stop: bool) -> None:
        this = asyncio.current_task()
        assert this is not None
        if is_told_to_stop:
            this.cancel()
        with answering():
            await asyncio.sleep(0)
            raise asyncio.CancelledError

    with pytest.raises(Unavailable, match="lost"):
        asyncio.run(wait(is_told_to_stop=False))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(wait(is_told_to_stop=True))
