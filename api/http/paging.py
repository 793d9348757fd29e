"""Paging: pages of lists: bounds that are refused rather than clamped, and cursors that are ours.

A cursor is bound to its org, list and filters by an HMAC, so that one that was made up, changed
or taken from another list is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import WithJsonSchema

from api.http.auth.caller import Caller
from api.http.errors import InvalidCursor
from ledger.kernel.canonical import base64url, canonical, from_base64url
from ledger.kernel.decoding import decoded
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import AMOUNT_MAX

LIMIT_DEFAULT, LIMIT_MAX = 100, 1_000
_MAC_BYTES = 16
CURSOR_MAX = 8_000
"""Characters of a cursor: its place may hold the five texts by which usage is grouped, each of 255
characters of four bytes, in base64."""

Limit = Annotated[
    str | None, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX})
]
"""As it was sent; `Cursors.page` checks it."""

P = TypeVar("P")
R = TypeVar("R")


def parse_integer(text: str | None, name: str, low: int, high: int) -> int | None:
    """Return an integer of a query within bounds."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and low <= int(text) <= high):
        raise Invalid(f"{name} must be an integer from {low} to {high}.", field=name)
    return int(text)


def parse_min_sequence(text: str | None, cursor: str | None) -> int | None:
    """Return the sequence a list must have reached: the caller's. None: what is recorded now; the
    pages that follow need not wait for that again."""
    at_least = parse_integer(text, "min_sequence", 0, AMOUNT_MAX)
    return 0 if at_least is None and cursor is not None else at_least


@dataclass
class Page:
    """One page being answered: asks for one row more to know whether another follows."""

    cursors: Cursors
    limit: int
    next_cursor: str | None = None

    @property
    def asked(self) -> int:
        """Rows to read."""
        return self.limit + 1

    def cut(self, rows: list[R], place: Callable[[R], object], limit: int = LIMIT_MAX) -> list[R]:
        """Return the rows of the page, at most so many; the place of its last is where the next
        begins."""
        limit = min(limit, self.limit)
        if len(rows) > limit:
            rows = rows[:limit]
            self.next_cursor = self.cursors.write(place(rows[-1]))
        return rows


@dataclass(frozen=True)
class Cursors:
    """The cursors of one list of one org under one set of filters."""

    caller: Caller
    name: str
    filters: Mapping[str, Any] = field(default_factory=dict)

    def page(self, limit: str | None) -> Page:
        """Return a page of the size asked for."""
        return Page(self, parse_integer(limit, "limit", 1, LIMIT_MAX) or LIMIT_DEFAULT)

    def write(self, place: object) -> str:
        """Return the cursor of a place."""
        payload = canonical(place)
        return base64url(self._mac(payload) + payload)

    def read(self, cursor: str | None, kind: type[P], start: P) -> P:
        """Return the place of a cursor; `start` without one."""
        if cursor is None:
            return start
        try:
            data = from_base64url(cursor) if len(cursor) <= CURSOR_MAX else b""
        except ValueError:
            data = b""
        mac, payload = data[:_MAC_BYTES], data[_MAC_BYTES:]
        if not payload or not hmac.compare_digest(mac, self._mac(payload)):
            raise _invalid()
        try:
            return decoded(payload, kind)
        except msgspec.DecodeError as error:  # of another version's list
            raise _invalid() from error

    def _mac(self, payload: bytes) -> bytes:
        bound = canonical([self.caller.org, self.name, self.filters])
        key = self.caller.service.cursor_key
        digest = hmac.new(key, b"%d\n%b%b" % (len(bound), bound, payload), hashlib.sha256)
        return digest.digest()[:_MAC_BYTES]


def _invalid() -> InvalidCursor:
    return InvalidCursor(
        "cursor is not one that this list gave for this org and these filters: take next_cursor as "
        "it is, or begin without.",
        field="cursor",
    )
