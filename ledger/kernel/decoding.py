"""Decoding of JSON and of plain values into structs: what it needs is made by one thread at a time.

msgspec looks at a struct when it is first decoded into, and shows other threads what it has found
before that is whole: two threads that begin at the same time with structs that share one end the
process. So what it must know is made here, under a lock, before anything is decoded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")

_one_thread = threading.Lock()


@overload
def decoder(kind: type[T]) -> Callable[[bytes | str], T]: ...


@overload
def decoder(kind: Any) -> Callable[[bytes | str], Any]: ...


def decoder(kind: Any) -> Callable[[bytes | str], Any]:
    """Return what decodes JSON into a type; it raises `msgspec.MsgspecError`."""
    with _one_thread:
        return msgspec.json.Decoder(kind).decode


@overload
def decoded(content: bytes | bytearray | str, kind: type[T]) -> T: ...


@overload
def decoded(content: bytes | bytearray | str, kind: Any) -> Any: ...


def decoded(content: bytes | bytearray | str, kind: Any) -> Any:
    """Return JSON as one of a type; raises `msgspec.MsgspecError`."""
    _known(kind)
    return msgspec.json.decode(content, type=kind)


@overload
def converted(value: object, kind: type[T]) -> T: ...


@overload
def converted(value: object, kind: Any) -> Any: ...


def converted(value: object, kind: Any) -> Any:
    """Return a value of Python's own as one of a type; raises `msgspec.ValidationError`."""
    _known(kind)
    return msgspec.convert(value, kind)


@cache
def _known(kind: Any) -> None:
    """Have msgspec know all of a type."""
    decoder(kind)
