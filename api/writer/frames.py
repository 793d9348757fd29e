"""Frames: what crosses between who asks and a writer, a length and a pickled value each.

Pickle, as it knows every command and fact there is, and is the fastest way across.
It is safe here and only here: between processes of one service it crosses a socket without a name,
and between services nothing is read that `records.py` has not found to be ours.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator, Sequence
from typing import Generic, TypeAlias, TypeVar

from api.commands.command import Command

Asked: TypeAlias = Sequence[tuple[int, Command[object]]]
"""Commands, each with the ticket its outcome will carry."""

Answered: TypeAlias = tuple[Sequence[int], Sequence[object]]
"""Tickets, and their outcomes in the same order."""

NEWS = 0
"""The ticket of what nobody has asked for: why nothing is decided here, or None."""

V = TypeVar("V")

_LENGTH = struct.Struct("<I")


def frame(value: object) -> bytes:
    """Return a value as it crosses."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class Frames(Generic[V]):
    """The values of what has come so far, however it was cut into pieces."""

    def __init__(self) -> None:
        self._come = bytearray()

    def feed(self, data: bytes) -> Iterator[V]:
        """Yield the values that are whole now."""
        self._come += data
        begin, end = 0, len(self._come)
        with memoryview(self._come) as come:
            while end - begin >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(come, begin)
                after = begin + _LENGTH.size + length
                if after > end:
                    break
                yield pickle.loads(come[begin + _LENGTH.size : after])  # noqa: S301  # see above
                begin = after
        del self._come[:begin]
