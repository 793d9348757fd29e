"""Records: what keeps a line between two machines ours: nothing is read that was not sent by who
knows the token, in the order in which it was sent.

It hides nothing from who can read the network (decision 46). Each direction has a key of its own,
made of the token and of what both ends have drawn for this line alone.
"""

from __future__ import annotations

import hashlib
import hmac
import struct

DRAWN_BYTES = 32
"""What each end draws."""

RECORD_MAX = 1 << 20
_MARK_BYTES = 16
_HEAD = struct.Struct(f"<I{_MARK_BYTES}s")
_COUNT = struct.Struct("<Q")

EMPTY_BYTES = _HEAD.size
"""How long a record without content is: the first, which shows that its sender knows the token."""


class Forged(OSError):
    """What came was not sent by whom we talk to."""


class Records:
    """One end of a line: seals what goes, opens what comes."""

    def __init__(self, token: bytes, asker: bytes, writer: bytes, *, is_writer: bool) -> None:
        """`asker`, `writer`: what the two ends have drawn."""
        ways = [_key(token, way, asker + writer) for way in (b"to asker", b"to writer")]
        self._out, self._in = ways if is_writer else ways[::-1]
        self._sealed = self._opened = 0
        self._come = bytearray()

    def seal(self, data: bytes) -> bytes:
        """Return data as it crosses."""
        sealed = bytearray()
        for begin in range(0, len(data) or 1, RECORD_MAX):
            piece = data[begin : begin + RECORD_MAX]
            sealed += _HEAD.pack(len(piece), _mark(self._out, self._sealed, piece)) + piece
            self._sealed += 1
        return bytes(sealed)

    def open(self, data: bytes) -> bytes:
        """Return what has come whole by now, in order. Raises Forged."""
        self._come += data
        opened = bytearray()
        while len(self._come) >= _HEAD.size:
            length, mark = _HEAD.unpack_from(self._come)
            if length > RECORD_MAX:
                raise Forged("a record is longer than any that is sent")
            after = _HEAD.size + length
            if len(self._come) < after:
                break
            piece = bytes(self._come[_HEAD.size : after])
            if not hmac.compare_digest(mark, _mark(self._in, self._opened, piece)):
                raise Forged("a record was not sent by whom we talk to")
            self._opened += 1
            opened += piece
            del self._come[:after]
        return bytes(opened)


def _key(token: bytes, way: bytes, drawn: bytes) -> bytes:
    return hashlib.blake2b(drawn, key=token, person=way, digest_size=32).digest()


def _mark(key: bytes, count: int, piece: bytes) -> bytes:
    state = hashlib.blake2b(_COUNT.pack(count), key=key, digest_size=_MARK_BYTES)
    state.update(piece)
    return state.digest()
