"""The lease of a shard in PostgreSQL, held as long as it is renewed and its session lives."""

from __future__ import annotations

import socket
from typing import Any

import psycopg

from adapters.postgres.connection import Connecting
from ledger.kernel.leases import LEASE_S, Lease, Peer

LOCAL = "127.0.0.1"
LOCK_S = 1.0
"""How long taking a lease waits for what commits in the shard: less than the lease is long."""

_HOLD = "SELECT * FROM tally.hold_lease(%b, %b, %b, %b, %b, %b, %b, %b)"
_RELEASE = "UPDATE tally.leases SET until_us = 0 WHERE shard = %b AND token = %b"


class PostgresLeases(Connecting):
    """The lease of one shard. The connection is the session that holds it."""

    purpose = "lease"

    def __init__(self, url: str, shard: int, service: str) -> None:
        super().__init__(url)
        self._shard = shard
        self._service = service
        self._known: psycopg.Connection[Any] | None = None
        """The session that has said that it holds the lease, if it does."""

    def local_host(self) -> str:
        with socket.socket(fileno=socket.dup(self._connected().fileno())) as ours:
            address = ours.getsockname()
        return str(address[0]) if isinstance(address, tuple) else LOCAL

    def hold(self, peer: Peer, lost: int) -> Lease:
        session = self._connected()
        is_new = session is not self._known
        if is_new:
            self._run(f"SELECT set_config('lock_timeout', '{LOCK_S}s', false)", [])
        ((epoch, service, *where),) = self._run(
            _HOLD, [self._shard, self._service, *peer, LEASE_S, lost, is_new]
        )
        self._known = session
        return Lease(epoch, service, Peer(*where))

    def release(self, peer: Peer) -> None:
        self._run(_RELEASE, [self._shard, peer.token])
