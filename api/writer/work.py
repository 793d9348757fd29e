"""Work of the writer: it decides and commits what comes to a shard's socket."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack

from api.container import DatabaseUrls, clock_us, event_store, ledger
from api.writer.group_commit import GroupCommit
from api.writer.sequencer import Sequencer
from api.writer.server import WriterServer


def write(listener: socket.socket, life: int, database: DatabaseUrls) -> None:
    """Decide and commit what comes to a socket, until `life`, a descriptor, has ended and everybody
    has gone. A shard that nobody asks for costs nothing."""
    if not _is_asked(listener, life):
        return
    with ExitStack() as stack:
        server = WriterServer(listener, life)
        stack.callback(server.release)
        store, committer = event_store(database, "sequencer"), event_store(database, "committer")
        stack.callback(store.close)
        stack.callback(committer.close)
        Sequencer(GroupCommit(ledger(store), clock_us, committer=committer), server).run()


def _is_asked(listener: socket.socket, life: int) -> bool:
    """Tell whether somebody comes before the end."""
    waiting = select.poll()
    for descriptor in (listener.fileno(), life):
        waiting.register(descriptor, select.POLLIN)
    ready = {descriptor for descriptor, _ in waiting.poll()}
    return life not in ready
