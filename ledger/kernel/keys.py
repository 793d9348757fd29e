"""The key: something used once for ever in an org, and the row that says by what."""

from __future__ import annotations

from typing import NamedTuple

COMMANDS = "command"
"""The key space of the `Idempotency-Key` header."""


class Key(NamedTuple):
    """An idempotency key, unique per org and space."""

    org: str
    space: str
    key: str


class KeyRow(NamedTuple):
    """A key and the line of the event that used it."""

    key: Key
    sequence: int
    line: int
    fingerprint: str
