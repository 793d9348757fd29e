"""Entropy: random bytes, fetched by the thousand, as a call for each salt is what costs."""

from __future__ import annotations

import os
import threading

_FETCHED = 4096
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


class Entropy:
    """Bytes of the system's generator; each is handed out once."""

    def __init__(self) -> None:
        self._fetched = b""
        self._lock = threading.Lock()

    def __call__(self, count: int) -> bytes:
        """Return `count` fresh bytes."""
        with self._lock:
            if len(self._fetched) < count:
                self._fetched = os.urandom(max(_FETCHED, count))
            taken, self._fetched = self._fetched[:count], self._fetched[count:]
        return taken


fresh_bytes = Entropy()


def fresh_uuid() -> str:
    """Return a random UUID (RFC 9562, version 4)."""
    digits = fresh_bytes(16).hex()
    variant = _VARIANTS[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
