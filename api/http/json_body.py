"""Request bodies as JSON values: declared, bounded, without repeated names."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request

from api.http.errors import BodyTooLarge, MalformedJson, UnsupportedMediaType

BODY_MAX = 4 * 1024 * 1024
"""Bytes of a request body."""

_DIGITS_MAX = 64
"""Digits of a number; a longer one is no amount, quantity or position."""


_MEDIA_TYPE = re.compile(
    r'application/json(?:[ \t]*;[ \t]*(?:charset=(?:utf-8|"utf-8"))?)*', re.IGNORECASE
)


async def read_json(request: Request) -> Any:
    """The body of a request as a JSON value."""
    return decode(await read_text(request))


async def read_text(request: Request) -> bytes:
    """The body of a request that is declared as JSON, and as nothing else around it."""
    headers = request.headers
    if not _MEDIA_TYPE.fullmatch(headers.get("content-type", "")):
        raise UnsupportedMediaType(
            "Content-Type must be application/json, in UTF-8.", field="Content-Type"
        )
    _refuse_coding(headers, "Content-Encoding", "identity")
    _refuse_coding(headers, "Transfer-Encoding", "chunked")
    return await read_bounded(request)


def _refuse_coding(headers: Headers, field: str, plain: str) -> None:
    """A body that says to be coded is not read as if it were not."""
    if any(each.lower() != plain for each in headers.getlist(field)):
        raise UnsupportedMediaType(
            f"{field} must be absent or {plain}: send the body as it is.", field=field
        )


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
