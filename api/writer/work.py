"""Work of the writer: it decides and commits what comes to a shard's socket, under a lease."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack

from api.commands.application import Store
from api.container import DatabaseUrls, clock_us, event_store, leases, ledger
from api.settings import writers_host
from api.tracing.wanted import spans_of
from api.writer.group_commit import GroupCommit
from api.writer.lease import ShardLease
from api.writer.peer_listener import PeerListener
from api.writer.sequencer import Sequencer
from api.writer.server import WriterServer


def write(
    listener: socket.socket, life: int, database: DatabaseUrls, shard: int, service: str
) -> None:
    """Decide and commit what comes to the socket of a shard, until `life`, a descriptor, has ended
    and everybody has gone. A shard that nobody asks for costs nothing. `service`: whose writer we
    are, as the others see it."""
    if not _is_asked(listener, life):
        return
    with ExitStack() as stack:
        peers = PeerListener(writers_host())
        stack.callback(peers.close)
        lease = ShardLease(shard, leases(database, shard, service), peers.listen)
        server = WriterServer(listener, life, lease, peers)
        stack.callback(server.release)
        stack.callback(lease.close)
        store, committer = event_store(database, "sequencer"), event_store(database, "committer")
        stack.callback(store.close)
        stack.callback(committer.close)
        peers.call(server.wake)
        lease.start(server.wake)
        Sequencer(_group_commit(store, committer, shard, lease, stack), server).run()


def _group_commit(
    store: Store, committer: Store, shard: int, lease: ShardLease, stack: ExitStack
) -> GroupCommit:
    """Return what decides and commits, watched if somebody asked for traces."""
    spans = spans_of("writer")
    if spans is None:
        return GroupCommit(ledger(store), clock_us, committer=committer, shard=shard, lease=lease)
    from api.tracing.group_commit import TracedGroupCommit  # noqa: PLC0415  # an extra

    stack.callback(spans.end)
    return TracedGroupCommit(
        ledger(store), clock_us, committer=committer, shard=shard, lease=lease, spans=spans
    )


def _is_asked(listener: socket.socket, life: int) -> bool:
    """Tell whether somebody comes before the end."""
    waiting = select.poll()
    for descriptor in (listener.fileno(), life):
        waiting.register(descriptor, select.POLLIN)
    ready = {descriptor for descriptor, _ in waiting.poll()}
    return life not in ready
