"""Work of the writer, in a process of its own or in a thread of this one."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack

from api.container import DatabaseUrls, clock_us, event_store, ledger
from api.environment import environment_of_child
from api.writer.client import Employ
from api.writer.group_commit import GroupCommit
from api.writer.sequencer import Sequencer
from api.writer.server import WriterServer

MODULE = "api.writer"
"""What a writer of its own runs as."""


def write(connection: socket.socket, database: DatabaseUrls) -> None:
    """Decide and commit what comes over a connection, until it is closed."""
    with ExitStack() as stack:
        server = WriterServer(connection)
        stack.callback(server.release)
        store, committer = event_store(database, "sequencer"), event_store(database, "committer")
        stack.callback(store.close)
        stack.callback(committer.close)
        server.greet()
        Sequencer(GroupCommit(ledger(store), clock_us, committer=committer), server).run()


def in_thread(work: Callable[[socket.socket], None]) -> Employ:
    """Return a writer beside the event loop: for tests, which have many services in one process."""

    async def employ(connection: socket.socket) -> asyncio.Future[None]:
        own = connection.dup()
        return asyncio.ensure_future(asyncio.to_thread(work, own))

    return employ


def in_process(database: DatabaseUrls) -> Employ:
    """Return a writer in a process of its own (`__main__.py`). It ends with its connection, so with
    us."""

    async def employ(connection: socket.socket) -> asyncio.Future[None]:
        process = await asyncio.create_subprocess_exec(
            # -P: a folder named `api` in the current directory is not ours.
            *[sys.executable, "-P", "-m", MODULE, str(connection.fileno())],
            pass_fds=[connection.fileno()],
            stdin=asyncio.subprocess.DEVNULL,
            env=environment_of_child(TALLY_WRITER_URL=database.writer),
            start_new_session=True,  # the terminal's Ctrl-C is ours to handle
        )
        return asyncio.ensure_future(_end_of(process))

    return employ


async def _end_of(process: asyncio.subprocess.Process) -> None:
    try:
        await process.wait()
    except asyncio.CancelledError:
        process.kill()
        raise
