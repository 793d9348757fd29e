"""Arrays in PostgreSQL's binary form, packed column by column.

psycopg dumps arrays element by element, with a look-up of the type for each; a commit has many of
them, and packing them here costs less. The form is that of `array_recv`: dimensions, a flag for
nulls, the element's type, the length, the lower bound, then each element with its length before
it, -1 for a null.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

from psycopg.abc import AdaptContext
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_BOOL, _INT4, _INT8, _TEXT, _BYTEA = 16, 23, 20, 25, 17
_HEAD = struct.Struct(">5i").pack
_EMPTY = struct.Struct(">3i").pack
_length = struct.Struct(">i").pack
_bool = struct.Struct(">i?").pack
_int4 = struct.Struct(">ii").pack
_int8 = struct.Struct(">iq").pack
_NULL = _length(-1)


class Packed:
    """An array that is packed already."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class PackedDumper(Dumper):
    """Hands a packed array to the server; the query casts it."""

    format = Format.BINARY

    def dump(self, obj: Packed) -> Buffer:
        return obj.data


def register(context: AdaptContext) -> None:
    """Let a connection take packed arrays."""
    context.adapters.register_dumper(Packed, PackedDumper)


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Return rows as columns; `width` empty ones when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def bools(values: Sequence[bool]) -> Packed:
    """Return a `boolean[]`."""
    return _packed(_BOOL, len(values), map(_bool, repeat(1), values))


def int4s(values: Sequence[int]) -> Packed:
    """Return an `int[]`."""
    return _packed(_INT4, len(values), map(_int4, repeat(4), values))


def int8s(values: Sequence[int]) -> Packed:
    """Return a `bigint[]`."""
    return _packed(_INT8, len(values), map(_int8, repeat(8), values))


def int8s_or_null(values: Sequence[int | None]) -> Packed:
    """Return a `bigint[]` with nulls."""
    elements = [_NULL if value is None else _int8(8, value) for value in values]
    return _packed(_INT8, len(values), elements, nulls=1)


def texts(values: Sequence[str]) -> Packed:
    """Return a `text[]`."""
    return _lengthy(_TEXT, [value.encode() for value in values])


def texts_or_null(values: Sequence[str | None]) -> Packed:
    """Return a `text[]` with nulls."""
    elements = [_NULL if value is None else _text(value) for value in values]
    return _packed(_TEXT, len(values), elements, nulls=1)


def names(values: Sequence[str]) -> Packed:
    """Return a `text[]` of few values that come again and again."""
    return _packed(_TEXT, len(values), map(_name, values))


def byteas(values: Sequence[bytes]) -> Packed:
    """Return a `bytea[]`."""
    return _lengthy(_BYTEA, values)


def _lengthy(element: int, values: Sequence[bytes]) -> Packed:
    lengths = map(_length, map(len, values))
    return _packed(element, len(values), chain.from_iterable(zip(lengths, values, strict=True)))


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _length(len(encoded)) + encoded


_name = lru_cache(maxsize=1024)(_text)


def _packed(element: int, count: int, elements: Iterable[bytes], nulls: int = 0) -> Packed:
    if not count:
        return Packed(_EMPTY(0, 0, element))
    return Packed(_HEAD(1, nulls, element, count, 1) + b"".join(elements))
