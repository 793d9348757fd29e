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

DEPTH_MAX = 32
"""Lists and objects within each other; ours have five."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ROUND = bytes.maketrans(b"[]{}", b"()()")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

_DIGITS_MAX = 64
"""Digits of a number; a longer one is no amount, quantity or position."""


_MEDIA_TYPE = re.compile(
    r'application/json(?:[ \t]*;[ \t]*(?:charset=(?:utf-8|"utf-8"))?)*', re.IGNORECASE
)


async def read_json(request: Request) -> Any:
    """Return the body of a request as a JSON value."""
    return decode(await read_text(request))


async def read_text(request: Request) -> bytes:
    """Return the body of a request that is declared as JSON, and as nothing else around it."""
    headers = request.headers
    if not _MEDIA_TYPE.fullmatch(headers.get("content-type", "")):
        raise UnsupportedMediaType(
            "Content-Type must be application/json, in UTF-8.", field="Content-Type"
        )
    _refuse_coding(headers, "Content-Encoding", "identity")
    _refuse_coding(headers, "Transfer-Encoding", "chunked")
    return await read_bounded(request)


def _refuse_coding(headers: Headers, field: str, identity: str) -> None:
    """A body that says to be coded is not read as if it were not."""
    if any(each.lower() != identity for each in headers.getlist(field)):
        raise UnsupportedMediaType(
            f"{field} must be absent or {identity}: send the body as it is.", field=field
        )


async def read_bounded(request: Request, limit: int = BODY_MAX) -> bytes:
    """Return the body, unless it is too large; a body without a length is counted as it comes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        _refuse_size(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            _refuse_size(limit)
    return bytes(body)


def _refuse_size(limit: int) -> NoReturn:
    raise BodyTooLarge(f"the body must have at most {limit} bytes.", field="body")


class NotJson(ValueError):
    """A text is not JSON at all."""


def decode(text: bytes) -> Any:
    """Return a body as a value. Raises MalformedJson."""
    try:
        return value_of(text)
    except NotJson:
        raise malformed() from None


def malformed() -> MalformedJson:
    """Return what is said of a body that is not JSON."""
    return MalformedJson("the body is not JSON.", field="body")


def value_of(text: bytes) -> Any:
    """Return a JSON text as a value. Raises NotJson, or MalformedJson for what more than one reader
    could read in more than one way: a name given twice, and a depth that some have no room for.

    A repeated name is found without looking at every object: without escapes, a value written
    again has as many quotes as its text, unless a name was dropped.
    """
    if text.count(b"[") + text.count(b"{") > DEPTH_MAX and _is_deep(text):
        raise MalformedJson(f"the JSON is nested deeper than {DEPTH_MAX} levels.", field="body")
    if b"\\" not in text:
        try:
            value = msgspec.json.decode(text)
        except (msgspec.MsgspecError, ValueError):
            return _value_carefully(text)
        if msgspec.json.encode(value).count(b'"') == text.count(b'"'):
            return value
    return _value_carefully(text)


def _is_deep(text: bytes) -> bool:
    """Tell whether something is left when the innermost brackets were taken away that many
    times."""
    brackets = _STRING.sub(b"", text).translate(_ROUND, _NO_BRACKETS)
    for _ in range(DEPTH_MAX):
        brackets = brackets.replace(b"()", b"")
    return bool(brackets)


def _value_carefully(text: bytes) -> Any:
    """Slower, and able to say what is wrong: lone surrogates pass here, so that the check of the
    field they are in can name it."""
    twice: list[str] = []

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice.append(next(name for name in names if names.count(name) > 1))
        return found

    try:
        value = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=as_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
    except ValueError:
        raise NotJson from None
    if twice:
        name = twice[0].encode("utf-8", "replace").decode()
        raise MalformedJson(f"the body gives {name} twice in one object.", field=name)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _integer(text: str) -> int | float:
    # A float is refused wherever a number is taken, so the field that holds it is named.
    return int(text) if len(text) <= _DIGITS_MAX else float("inf")
