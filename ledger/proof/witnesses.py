"""Witnesses: who takes signed checkpoints and keeps them elsewhere."""

from __future__ import annotations

from typing import NamedTuple, Protocol
from urllib.parse import urlsplit, urlunsplit

from ledger.kernel.errors import LedgerError


class WitnessFailed(LedgerError):
    """A witness did not take a delivery: it is tried again."""

    code = "witness_failed"


class UnknownWitness(LedgerError):
    """A witness is not one that can be delivered to."""

    code = "unknown_witness"


class Witness(Protocol):
    """Takes files. Used by one thread."""

    def deliver(self, name: str, content: bytes) -> None:
        """Store a file, durably. Raises WitnessFailed."""


class Pending(NamedTuple):
    """A checkpoint that waits for a witness, and when it was signed (µs)."""

    org: str
    note: str
    sealed_us: int


BEHIND_US = 60_000_000
"""A checkpoint that a witness has not got for so long: somebody must look."""


class WaitingWitness(NamedTuple):
    """A witness, and when the oldest checkpoint that it has not got was signed (µs)."""

    name: str
    waiting_us: int


def witness_name(url: str) -> str:
    """Return what a witness is called where others can read it: without a password or a query."""
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def can_be_listed(url: str) -> bool:
    """Tell whether what was taken to a witness can be read back: not from one that answers a
    POST."""
    return urlsplit(url).scheme not in ("http", "https")
