"""Writers in threads beside the event loop: for tests, which have many services in one process."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from api.container import DatabaseUrls
from api.writer.sockets import WriterSockets, writer_sockets
from api.writer.work import write

_services = itertools.count(1)

Work = Callable[[socket.socket, int], None]
"""Of one writer, over a listener, until a descriptor has ended."""

ShardWork = Callable[[int], Work]
"""Of the writer of a shard."""


@contextmanager
def writers_in_threads(work: ShardWork, shards: Sequence[int] = (1,)) -> Iterator[WriterSockets]:
    """Keep a writer for each of some shards: one that ends is started again."""
    with ExitStack() as stack:
        made = stack.enter_context(writer_sockets())
        life, ours = os.pipe()
        ended = threading.Event()
        threads = [
            threading.Thread(target=_keep, args=(work(each), made.listeners[each], life, ended))
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
                thread.join(60)
            os.close(life)


def writing(database: DatabaseUrls) -> ShardWork:
    """The real work, of a service of its own."""
    service = f"tests {next(_services)}"
    return lambda shard: partial(write, database=database, shard=shard, service=service)


def _keep(work: Work, listener: socket.socket, life: int, ended: threading.Event) -> None:
    while not ended.is_set():
        work(listener, life)
