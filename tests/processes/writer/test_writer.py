"""The line to the writer: nothing is lost on it, and nobody waits for one that is gone."""

from __future__ import annotations

import asyncio
import pickle
import socket
import tempfile
import threading
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from api.commands.command import Command
from api.writer.client import WriterClient
from api.writer.client_protocol import ClientProtocol
from api.writer.fair_queue import Capacity
from api.writer.frames import Answered, Frames, frame
from api.writer.server import WriterServer
from api.writer.sockets import connect, writer_sockets
from ledger.kernel import errors
from ledger.kernel.errors import Busy, Failed, LedgerError, Unavailable
from tests.processes.writer.stuck import Stuck, client_of, work_of
from tests.scenarios.commands import deposit
from tests.writer_threads import writers_in_threads

ASKED: Command[object] = deposit("1", key="k")


def story(of: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(of(), 120))


@given(st.lists(st.integers(1, 40), max_size=30))
def test_frames_come_whole_however_they_are_cut(cuts: list[int]) -> None:
    sent = [[(number, deposit(str(number + 1), key="k"))] for number in range(5)]
    data = b"".join(frame(each) for each in sent)
    frames: Frames[object] = Frames()
    come: list[object] = []
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

    def __call__(self, listener: socket.socket, life: int) -> None:
        server = WriterServer(listener, life)
        while not (came := server.receive()) and not server.closed:
            server.wait()
        if came:
            self.taken.set()
            self.dies.wait()
        server.release()


def test_who_waits_when_the_writer_dies_is_told_to_send_the_same_again() -> None:
    async def of() -> None:
        mortal = Mortal()
        async with client_of(mortal, Capacity(limit=2, limit_of_one=2)) as writer:
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

    story(of)


def test_a_command_for_a_writer_that_is_gone_is_refused_and_does_not_wait() -> None:
    async def of() -> None:
        line = ClientProtocol(Capacity(), outcome_s=1)
        line.connection_lost(None)
        with pytest.raises(Unavailable):
            line.ask(ASKED)

    story(of)


def test_who_asks_while_the_line_ends_is_told_and_nothing_is_sent_any_more() -> None:
    async def of() -> None:
        loop, faults = asyncio.get_running_loop(), list[dict[str, Any]]()
        loop.set_exception_handler(lambda _, fault: faults.append(fault))
        ours, theirs = socket.socketpair()
        with theirs:
            line = ClientProtocol(Capacity(), outcome_s=1)
            transport, _ = await loop.create_connection(lambda: line, sock=ours)
            transport.abort()
            asked = line.ask(ASKED)
            with pytest.raises(Unavailable, match="send the same again"):
                await asked
            await asyncio.sleep(0.01)
        assert faults == []

    uvloop.run(asyncio.wait_for(of(), 120))


def test_a_caller_that_goes_away_leaves_its_room_taken_until_its_command_is_done() -> None:
    async def of() -> None:
        stuck = Stuck()
        async with client_of(work_of(stuck), Capacity(limit=1, limit_of_one=1)) as writer:
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

    story(of)


def test_what_was_submitted_before_the_end_is_answered() -> None:
    async def of() -> None:
        stuck = Stuck()
        async with client_of(work_of(stuck)) as writer:
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


def test_a_writer_that_cannot_be_reached_is_tried_again() -> None:
    async def of() -> None:
        stuck = Stuck()
        stuck.go.set()
        tries = 0
        with writers_in_threads(lambda _: work_of(stuck)) as made:

            def connect_twice() -> socket.socket:
                nonlocal tries
                tries += 1
                if tries == 1:
                    raise OSError("no descriptor left")
                return connect(made.ways[1])

            writer = WriterClient(connect_twice)
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
        async with client_of(work_of(stuck)) as writer:
            asked = [asyncio.ensure_future(writer.submit(ASKED)) for _ in range(3)]
            first, *others = await asyncio.gather(*asked, return_exceptions=True)
            assert isinstance(first, Failed)
            assert others == ["done", "done"]
            assert writer.is_there

    story(of)


def test_several_processes_ask_one_writer_and_each_is_told_its_own() -> None:
    async def of() -> None:
        echo = Echo()
        with writers_in_threads(lambda _: work_of(echo)) as made:
            writers = [WriterClient(partial(connect, made.ways[1])) for _ in range(3)]
            for writer in writers:
                await writer.start()
            asked: dict[tuple[int, int], asyncio.Future[object]] = {
                (place, number): asyncio.ensure_future(
                    writer.submit(deposit("1", key=f"{place}.{number}"))
                )
                for number in range(50)
                for place, writer in enumerate(writers)
            }
            for (place, number), answer in asked.items():
                assert await answer == f"{place}.{number}"
            for writer in writers:
                await writer.close()

    story(of)


class Echo(Stuck):
    """Answers every command with its key."""

    def run(self, commands: Sequence[Any]) -> list[Any]:
        return [each.key for each in commands]


def test_a_process_that_dies_or_stops_reading_takes_nothing_of_the_others_along() -> None:
    """One asks for more than its connection holds and reads none of it; one is gone at once."""

    async def of() -> None:
        echo = Long()
        with writers_in_threads(lambda _: work_of(echo)) as made:
            deaf, gone = connect(made.ways[1]), connect(made.ways[1])
            for each in (deaf, gone):
                each.setblocking(True)
                each.sendall(frame([(n, deposit("1", key=str(n))) for n in range(50)]))
            gone.close()
            writer = WriterClient(partial(connect, made.ways[1]))
            await writer.start()
            for number in range(20):
                assert len(await writer.submit(deposit("1", key=str(number)))) == LONG
            frames: Frames[Answered] = Frames()
            told: list[int] = []
            while len(told) < 50:
                for tickets, _ in frames.feed(await asyncio.to_thread(deaf.recv, 1 << 16)):
                    told += tickets
            assert told == list(range(50))
            deaf.close()
            await writer.close()

    story(of)


LONG = 100_000


class Long(Stuck):
    """Answers every command at length."""

    def run(self, commands: Sequence[Any]) -> list[Any]:
        return ["x" * LONG for _ in commands]


def test_who_has_finished_is_let_go_when_all_it_asked_is_answered() -> None:
    async def of() -> None:
        stuck = Stuck()
        with writers_in_threads(lambda _: work_of(stuck)) as made:
            connection = connect(made.ways[1])
            connection.setblocking(True)
            connection.sendall(frame([(7, ASKED)]))
            connection.shutdown(socket.SHUT_WR)
            stuck.go.set()
            data = await asyncio.to_thread(_to_the_end, connection)
            frames: Frames[Answered] = Frames()
            assert list(frames.feed(data)) == [([], []), ([7], ["done"])]
            connection.close()

    story(of)


def _to_the_end(connection: socket.socket) -> bytes:
    data = b""
    while some := connection.recv(1 << 16):
        data += some
    return data


def test_nobody_finds_a_socket_but_whom_it_was_handed(tmp_path: Path) -> None:
    """It has no name in any folder, however long the names of those for temporary files are."""
    tempfile.tempdir = str(tmp_path / ("long" * 40))
    Path(tempfile.tempdir).mkdir()
    try:
        with writer_sockets() as made:
            assert not list(Path(tempfile.tempdir).iterdir())
            with connect(made.ways[3]):
                connection, _ = made.listeners[3].accept()
                connection.close()
    finally:
        tempfile.tempdir = None
