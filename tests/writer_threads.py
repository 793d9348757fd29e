"""Writers in threads beside the event loop: for tests, which have many services in one process."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from api.container import DatabaseUrls
from api.writer.sockets import WriterSockets, writer_sockets
from api.writer.work import write

Work = Callable[[socket.socket, int], None]
"""Of one writer, over a listener, until a descriptor has ended."""


@contextmanager
def writers_in_threads(work: Work, shards: Sequence[int] = (1,)) -> Iterator[WriterSockets]:
    """Keep a writer for each of some shards: one that ends is started again."""
    with ExitStack() as stack:
        made = stack.enter_context(writer_sockets())
        life, ours = os.pipe()
        ended = threading.Event()
        threads = [
            threading.Thread(target=_keep, args=(work, made.listeners[each], life, ended))
            for each in shards
        ]
        for thread in threads:
            thread.start()
        try:
            yield made
        finally:
            ended.set()
            os.close(ours)
            for thread in threads:
                thread.join(20)
            os.close(life)


def writing(database: DatabaseUrls) -> Work:
    """The real work."""
    return lambda listener, life: write(listener, life, database)


def _keep(work: Work, listener: socket.socket, life: int, ended: threading.Event) -> None:
    while not ended.is_set():
        work(listener, life)
