"""The line to the writer: nothing is lost on it, and nobody waits for one that is gone."""

from __future__ import annotations

import asyncio
import pickle
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.commands.command import Command
from api.writer.client import WriterClient
from api.writer.client_protocol import ClientProtocol
from api.writer.fair_queue import Capacity
from api.writer.frames import Frames, frame
from api.writer.server import WriterServer
from api.writer.work import in_thread
from ledger.kernel import errors
from ledger.kernel.errors import Busy, Failed, LedgerError, Unavailable
from tests.processes.writer.stuck import Stuck, work_of
from tests.scenarios.commands import deposit

ASKED: Command[object] = deposit("1", key="k")


def story(of: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(of(), 30))


@given(st.lists(st.integers(1, 40), max_size=30))
def test_frames_come_whole_however_they_are_cut(cuts: list[int]) -> None:
    sent = [[(number, deposit(str(number + 1), key="k"))] for number in range(5)]
    data = b"".join(frame(each) for each in sent)
    frames, come = Frames(), []
    for cut in [*cuts, len(data)]:
        come += list(frames.feed(data[:cut]))
        data = data[cut:]
    assert come == sent


@pytest.mark.parametrize("kind", [each for each in vars(errors).values() if isinstance(each, type)])
def test_a_refusal_crosses_with_all_it_says(kind: type[LedgerError]) -> None:
    if not issubclass(kind, LedgerError):
        return
    error = kind("no.", field="amount", missing="3", index=7)
    crossed = pickle.loads(pickle.dumps(error))
    assert type(crossed) is kind
    assert vars(crossed) == vars(error)
    assert str(crossed) == str(error)


class Mortal:
    """A writer that takes commands, answers none, and dies when told to."""

    def __init__(self) -> None:
        self.taken = threading.Event()
        self.dies = threading.Event()

    def __call__(self, line: socket.socket) -> None:
        door = WriterServer(line)
        door.greet()
        door.wait()
        if door.receive():
            self.taken.set()
            self.dies.wait()
        door.release()


def test_who_waits_when_the_writer_dies_is_told_to_send_the_same_again() -> None:
    async def of() -> None:
        mortal = Mortal()
        writer = WriterClient(in_thread(mortal), Capacity(limit=2, limit_of_one=2))
        await writer.start()
        asked = [asyncio.ensure_future(writer.submit(ASKED)) for _ in range(2)]
        await asyncio.to_thread(mortal.taken.wait)
        mortal.taken.clear()
        mortal.dies.set()
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(answer, Unavailable)
        mortal.dies.clear()
        while not writer.is_there:
            with pytest.raises(Unavailable):
                await writer.submit(ASKED)
            await asyncio.sleep(0.01)
        # Another writer takes commands, and the room of those that died is free again.
        again = [asyncio.ensure_future(writer.submit(ASKED)) for _ in range(2)]
        await asyncio.to_thread(mortal.taken.wait)
        mortal.dies.set()
        await asyncio.gather(*again, return_exceptions=True)
        await writer.close()

    story(of)


def test_a_command_for_a_writer_that_is_gone_is_refused_and_does_not_wait() -> None:
    async def of() -> None:
        line = ClientProtocol(Capacity(), outcome_s=1)
        line.connection_lost(None)
        with pytest.raises(Unavailable):
            line.ask(ASKED)

    story(of)


def test_a_caller_that_goes_away_leaves_its_room_taken_until_its_command_is_done() -> None:
    async def of() -> None:
        stuck = Stuck()
        writer = WriterClient(in_thread(work_of(stuck)), Capacity(limit=1, limit_of_one=1))
        await writer.start()
        gone = asyncio.ensure_future(writer.submit(ASKED))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await writer.submit(ASKED)
        stuck.go.set()
        while True:
            try:
                assert await writer.submit(ASKED) == "done"
                break
            except Busy:
                await asyncio.sleep(0.001)
        await writer.close()

    story(of)


def test_what_was_submitted_before_the_end_is_answered() -> None:
    async def of() -> None:
        stuck = Stuck()
        writer = WriterClient(in_thread(work_of(stuck)))
        await writer.start()
        asked = [asyncio.ensure_future(writer.submit(ASKED)) for _ in range(100)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(writer.close())
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await writer.submit(ASKED)
        stuck.go.set()
        assert await asyncio.gather(*asked) == ["done"] * 100
        await closing

    story(of)


def test_a_writer_that_cannot_be_started_is_tried_again() -> None:
    async def of() -> None:
        stuck = Stuck()
        stuck.go.set()
        tries = 0

        async def employ(line: socket.socket) -> asyncio.Future[None]:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise OSError("no process left")
            return await in_thread(work_of(stuck))(line)

        writer = WriterClient(employ)
        await writer.start()
        assert await writer.submit(ASKED) == "done"
        assert tries == 2
        await writer.close()

    story(of)


class Untold(Stuck):
    """A writer one of whose outcomes cannot cross."""

    def run(self, commands: Sequence[Command[object]]) -> list[Any]:
        super().run(commands)
        return [threading.Lock(), *["done" for _ in commands[1:]]]


def test_an_outcome_that_cannot_cross_is_a_fault_of_ours_and_takes_nobody_along() -> None:
    async def of() -> None:
        stuck = Untold()
        stuck.go.set()
        writer = WriterClient(in_thread(work_of(stuck)))
        await writer.start()
        asked = [asyncio.ensure_future(writer.submit(ASKED)) for _ in range(3)]
        first, *others = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(first, Failed)
        assert others == ["done", "done"]
        assert writer.is_there
        await writer.close()

    story(of)
