"""Random bytes, fetched from the system by the thousand: a call for each salt is what costs."""

from __future__ import annotations

import os
import threading
import uuid

_FETCHED = 4096


class Entropy:
    """Bytes of the system's generator; each is handed out once."""

    def __init__(self) -> None:
        self._fetched = b""
        self._lock = threading.Lock()

    def __call__(self, count: int) -> bytes:
        """`count` fresh bytes."""
        with self._lock:
            if len(self._fetched) < count:
                self._fetched = os.urandom(max(_FETCHED, count))
            taken, self._fetched = self._fetched[:count], self._fetched[count:]
        return taken


fresh_bytes = Entropy()


def fresh_uuid() -> str:
    """A random UUID (RFC 9562, version 4)."""
    return str(uuid.UUID(bytes=fresh_bytes(16), version=4))
