"""Values of audit.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """A signed checkpoint: its `note` is what was signed, by a key of `verifier_keys`."""

    origin: str
    size: int
    root: str
    recorded_at: datetime
    note: str
    verifier_keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Inclusion:
    """That an event is in the log of a checkpoint: `leaf` and `hashes` lead to its root."""

    sequence: int
    index: int
    size: int
    leaf: str
    hashes: tuple[str, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Consistency:
    """That the log of a checkpoint begins with the first `from` events."""

    from_: int
    from_root: str
    to: int
    hashes: tuple[str, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """How many texts of a person are gone; unless `complete`, more are left."""

    user: str
    texts: int
    complete: bool
    sequence: int
    hash: str
    recorded_at: datetime
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event; never its position, which would tell a tenant the volume of others."""

    sequence: int
    hash: str
    type: str
    stream: str
    version: int
    wallet: WalletName | None
    recorded_at: datetime
    actor: Actor | None
    origin: Origin | None
    idempotency_key: str | None
    body: Any
    body_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WalletName:
    """Whose wallet an event is about."""

    owner: str
    asset: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who asked: a subject, with a key, in a request."""

    subject: str
    key_id: str
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a caller was; null where `erased`."""

    address: str | None
    agent: str | None
    erased: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Requests that were refused alike within a second, `times` of them."""

    sequence: int
    hash: str
    recorded_at: datetime
    first_at: datetime
    last_at: datetime
    times: int
    code: str
    detail: str
    method: str | None
    path: str | None
    subject: str | None
    key_id: str | None
    request_id: str | None
    origin: Origin | None
