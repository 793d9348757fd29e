"""Batches of usage lines: read item by item, so that what is wrong with one is not the others'.

Only the body, its mode and the number of its items refuse the whole. An item that gives a name
twice or is nested too deep has its own problem, like one with a wrong field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

import msgspec

from api.http.auth.caller import Caller
from api.http.credits.bodies import BatchBody, UsageBody
from api.http.credits.usage_lines import fast_use
from api.http.credits.uses import use_of
from api.http.fields import parse
from api.http.json_body import NotJson, decode, malformed, value_of
from ledger.credits.usage import Use
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import Refusal
from ledger.kernel.limits import LINES_PER_EVENT_MAX


class Batch(NamedTuple):
    """The mode of a batch and the text of each of its items."""

    mode: str
    items: list[bytes]


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    mode: Literal["independent", "atomic"]
    items: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=LINES_PER_EVENT_MAX)]


_decode = decoder(_Batch)
_ENVELOPE_QUOTES = 6
"""In `{"mode": "…", "items": […]}`, outside of the items."""

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[][{},]', re.DOTALL)
_DEEPER = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def read_batch(text: bytes) -> Batch:
    """Return a batch, its items unread. Raises MalformedJson or Invalid where the whole is
    wrong."""
    return fast_batch(text) or _any_batch(text)


def uses_of(items: Iterable[bytes], caller: Caller) -> list[Use | Refusal]:
    """Return the use that each item means, or what is wrong with it."""
    try:
        return [fast_use(item, caller) or _use(item, caller) for item in items]
    except NotJson:
        raise malformed() from None


def fast_batch(text: bytes) -> Batch | None:
    """Return a batch as most are written."""
    try:
        batch = _decode(text)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    items = [bytes(item) for item in batch.items]
    inside = sum([item.count(b'"') for item in items])
    # A quote too many is a name given twice: the last one would count.
    if text.count(b'"') != inside + _ENVELOPE_QUOTES:
        return None
    return Batch(batch.mode, items)


def _any_batch(text: bytes) -> Batch:
    """Slower, and able to say what is wrong with what stands around the items."""
    around, items, kept = bytearray(), [], 0
    for begin, commas, end in _lists(text):
        bounds = zip([begin, *[comma + 1 for comma in commas]], [*commas, end], strict=True)
        found = [text[first:last].strip() for first, last in bounds]
        items += [] if found == [b""] else found
        around += text[kept:begin] + b",".join([b"0"] * min(len(items), LINES_PER_EVENT_MAX + 1))
        kept = end
    body = parse(BatchBody, decode(bytes(around + text[kept:])))
    return Batch(body.mode, items)


def _lists(text: bytes) -> Iterable[tuple[int, list[int], int]]:
    """Yield where the lists of the outer object begin, have their commas, and end."""
    depth, begin = 0, 0
    commas: list[int] = []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark == b"[" and depth == 1:
            begin, commas = token.end(), []
        elif mark == b"," and depth == 2:
            commas.append(token.start())
        elif mark == b"]" and depth == 2 and begin:
            yield begin, commas, token.start()
            begin = 0
        depth += _DEEPER.get(mark, 0)


def _use(item: bytes, caller: Caller) -> Use | Refusal:
    try:
        return use_of(parse(UsageBody, value_of(item)), caller)
    except Refusal as refusal:
        return refusal
