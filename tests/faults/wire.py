"""Wire: the messages of PostgreSQL's protocol on one connection, and which of them are a commit."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_LENGTH = struct.Struct("!I")
_HEAD = 5
"""Bytes of a message before what it says: its kind, and its length with itself."""

COMMIT = b"tally.append("


class Messages:
    """What has come so far, cut into messages; the first of a client has no kind."""

    def __init__(self, *, of_client: bool) -> None:
        self._come = bytearray()
        self._is_first = of_client

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the messages that are whole now, each with its head."""
        self._come += data
        while True:
            head = _HEAD - self._is_first
            if len(self._come) < head:
                return
            (length,) = _LENGTH.unpack_from(self._come, head - _LENGTH.size)
            end = length + head - _LENGTH.size
            if len(self._come) < end:
                return
            message = bytes(self._come[:end])
            del self._come[:end]
            self._is_first = False
            yield message


class Commits:
    """Follows what a client says, and knows when it begins a commit."""

    def __init__(self) -> None:
        self._statements: set[bytes] = set()

    def begins(self, message: bytes) -> bool:
        """Tell whether this message runs the statement that commits a group."""
        kind, names = message[:1], message[_HEAD:].split(b"\0", 2)
        if kind == b"P" and COMMIT in message:
            self._statements.add(names[0])
        return kind == b"B" and names[1] in self._statements
