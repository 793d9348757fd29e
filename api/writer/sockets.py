"""Writer sockets: where writers are reached: one for each shard, without a name in any folder.

What crosses is pickled (`frames.py`), so nobody may come in but whom we hand the way: a descriptor
of the socket's file, which is gone from its folder before anybody is let in.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.kernel.shards import SHARDS_MAX

BACKLOG = 128


class WriterSockets(NamedTuple):
    """Of every shard that there may be."""

    listeners: Mapping[int, socket.socket]
    """A writer takes the connections that come there."""
    ways: Mapping[int, int]
    """The descriptors by which they are found."""


@contextmanager
def writer_sockets() -> Iterator[WriterSockets]:
    """Give the sockets of all shards. They stay while writers come and go: who connects meanwhile
    waits for the next one."""
    with ExitStack() as stack:
        listeners, ways = {}, {}
        with (
            tempfile.TemporaryDirectory(prefix="tally-") as folder,
            _opened(Path(folder)) as within,
        ):
            for shard in range(1, SHARDS_MAX + 1):
                listener = stack.enter_context(socket.socket(socket.AF_UNIX))
                listener.bind(_path(within, str(shard)))
                listener.listen(BACKLOG)
                listeners[shard] = listener
                ways[shard] = stack.enter_context(_opened(Path(folder, str(shard))))
        yield WriterSockets(listeners, ways)


def connect(way: int) -> socket.socket:
    """Return a connection to a writer. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.setblocking(False)
        connection.connect(_path(way))
    except BaseException:
        connection.close()
        raise
    return connection


def _path(way: int, *name: str) -> str:
    """Return a path that is short: those of sockets have at most 107 bytes, and folders for
    temporary files may be anywhere."""
    return str(Path("/proc/self/fd", str(way), *name))


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
