"""Request bodies as JSON values: declared, bounded, without repeated names."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import msgspec
from starlette.requests import Request

from api.http.errors import BodyTooLarge, MalformedJson, UnsupportedMediaType

BODY_MAX = 4 * 1024 * 1024
"""Bytes of a request body."""

_DIGITS_MAX = 64
"""Digits of a number; a longer one is no amount, quantity or position."""


async def read_json(request: Request) -> Any:
    """The body of a request as a JSON value."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower()
    if media_type.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise UnsupportedMediaType(
            "Content-Type must be application/json, in UTF-8.", field="Content-Type"
        )
    return decode(await read_bounded(request))


async def read_bounded(request: Request) -> bytes:
    """The body, unless it is too large; a body without a length is counted as it comes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > BODY_MAX:
        _refuse_size()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            _refuse_size()
    return bytes(body)


def _refuse_size() -> NoReturn:
    raise BodyTooLarge(f"the body must have at most {BODY_MAX} bytes.", field="body")


def decode(body: bytes) -> Any:
    """A JSON text as a value.

    A repeated name is found without looking at every object: without escapes, a value written
    again has as many quotes as its text, unless a name was dropped.
    """
    if b"\\" not in body:
        try:
            value = msgspec.json.decode(body)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            return _decode_carefully(body)
        if msgspec.json.encode(value).count(b'"') == body.count(b'"'):
            return value
    return _decode_carefully(body)


def _decode_carefully(body: bytes) -> Any:
    """Slower, and able to say what is wrong: lone surrogates pass here, so that the check of the
    field they are in can name it."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
    except (ValueError, RecursionError):
        raise MalformedJson("the body is not JSON.", field="body") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        name = repeated.encode("utf-8", "replace").decode()
        raise MalformedJson(f"the body gives {name} twice in one object.", field=name)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _integer(text: str) -> int | float:
    # A float is refused wherever a number is taken, so the field that holds it is named.
    return int(text) if len(text) <= _DIGITS_MAX else float("inf")
