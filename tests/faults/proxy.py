"""A proxy before PostgreSQL: it knows where a commit is, and does there what it was told."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg import conninfo

from tests.faults.wire import Commits, Messages

SOCKET = ".s.PGSQL.5432"


class Place(StrEnum):
    """A numbered step of a commit as the wire shows it."""

    BEFORE = "1: before it is sent"
    HALF = "2: in the middle of the statement"
    SENT = "3: sent, and not ended"
    COMMITTED = "4: after the commit, before its answer"
    ANSWERED = "5: after its answer"


@dataclass
class Connection:
    """One connection of the service, and ours to the server for it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    commits: Commits = field(default_factory=Commits)
    is_committing: bool = False

    def cut(self) -> None:
        """Lose it, as a network does."""
        for end in (self.client, self.server):
            end.transport.abort()

    def kill_client(self) -> None:
        """End the process at the other end, without a word."""
        us = self.client.get_extra_info("socket")
        seen = us.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, _, _ = struct.unpack("3i", seen)
        os.kill(pid, signal.SIGKILL)
        self.cut()


Act = Callable[[Connection], None]


@dataclass
class Trap:
    """What is done once, when the next commit comes to a place."""

    place: Place
    act: Act
    sprung: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Listens in a thread of its own, where the service finds its database."""

    def __init__(self, database_url: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tally-proxy-")
        self._server = str(Path(str(conninfo.conninfo_to_dict(database_url)["host"])) / SOCKET)
        known = {**conninfo.conninfo_to_dict(database_url), "host": self._folder.name}
        self.url = "postgresql://{user}:{password}@/{dbname}?host={host}".format(**known)
        self.answers_after_s = 0.0
        """How long the answer of a commit is kept, as a slow disk does."""

        self._trap: Trap | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._open: dict[int, Connection] = {}

    def set_trap(self, place: Place, act: Act) -> Trap:
        """Have something done at the next commit that comes to this place."""
        self._trap = Trap(place, act)
        return self._trap

    def cut_all(self) -> None:
        """Lose every connection."""
        for each in list(self._open.values()):
            self._loop.call_soon_threadsafe(each.cut)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._folder.cleanup()

    async def _listen(self) -> None:
        self._listener = await asyncio.start_unix_server(
            self._serve, str(Path(self._folder.name) / SOCKET)
        )

    async def _end(self) -> None:
        self._listener.close()
        for each in self._open.values():
            each.cut()
        if serving := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(serving, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_unix_connection(self._server)
        except OSError:
            writer.transport.abort()  # as a server that is not there
            return
        connection = Connection(writer, to_server)
        self._open[id(connection)] = connection
        ways = [
            asyncio.create_task(self._pass_on(reader, connection)),
            asyncio.create_task(self._pass_back(from_server, connection)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ways:
                each.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            del self._open[id(connection)]
            for end in (to_server, writer):
                end.close()

    async def _pass_on(self, reader: asyncio.StreamReader, to: Connection) -> None:
        messages = Messages(of_client=True)
        while data := await _some(reader):
            for message in messages.feed(data):
                if to.commits.begins(message):
                    to.is_committing = True
                    self._spring(Place.BEFORE, to)
                    if self._waits_for(Place.HALF):
                        to.server.write(message[: len(message) // 2])
                        await to.server.drain()
                        self._spring(Place.HALF, to)
                to.server.write(message)
                if to.is_committing and message[:1] == b"S":
                    await to.server.drain()
                    self._spring(Place.SENT, to)
            await to.server.drain()

    async def _pass_back(self, reader: asyncio.StreamReader, to: Connection) -> None:
        """Keep the answer of a commit until it is whole: only then it is stored."""
        messages = Messages(of_client=False)
        kept: list[bytes] = []
        while data := await _some(reader):
            for message in messages.feed(data):
                kept.append(message)
                if to.is_committing and message[:1] == b"Z":
                    await asyncio.sleep(self.answers_after_s)
                    await self._end_commit(kept, to)
            if not to.is_committing:
                to.client.write(b"".join(kept))
                kept.clear()
                await to.client.drain()

    async def _end_commit(self, answer: list[bytes], to: Connection) -> None:
        is_stored = not any(each[:1] == b"E" for each in answer)
        if is_stored:
            self._spring(Place.COMMITTED, to)
        to.client.write(b"".join(answer))
        answer.clear()
        await to.client.drain()
        to.is_committing = False
        if is_stored:
            self._spring(Place.ANSWERED, to)

    def _waits_for(self, place: Place) -> bool:
        return self._trap is not None and self._trap.place == place

    def _spring(self, place: Place, at: Connection) -> None:
        if self._trap is not None and self._trap.place == place:
            trap, self._trap = self._trap, None
            with suppress(ProcessLookupError):
                trap.act(at)
            trap.sprung.set()


async def _some(reader: asyncio.StreamReader) -> bytes:
    """Return what has come; nothing when the other end is gone, in whatever way."""
    try:
        return await reader.read(1 << 16)
    except OSError:
        return b""
