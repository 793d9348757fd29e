"""Idempotency: what was answered under a key is answered again, for a day."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.sandbox import Sandbox

KEPT_S = 24 * 3600
_KEY_MAX = 255


class Stored(NamedTuple):
    """What was answered."""

    status: int
    body: str


class Keys:
    """The keys of one account, and those that are in use at this moment."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._in_use: set[str] = set()

    def take(self, key: str) -> None:
        """Have nobody else use a key meanwhile. Raises Refused where somebody does."""
        if len(key) > _KEY_MAX:
            raise Refused(f"Idempotency keys can have up to {_KEY_MAX} characters.")
        if key in self._in_use:
            raise Refused(
                "There is currently another in-progress request using this Idempotency Key "
                f"({key}). Please try again later.",
                status=409,
                type="idempotency_error",
                code="idempotency_key_in_use",
            )
        self._in_use.add(key)

    def give_back(self, key: str) -> None:
        """Let others use a key again."""
        self._in_use.discard(key)

    def find(self, key: str, fingerprint: str) -> Stored | None:
        """Return what was answered under a key. Raises Refused where it was asked for something
        else."""
        now = self._sandbox.now()
        self._sandbox.store.rows("DELETE FROM keys WHERE created < ?", (now - KEPT_S,))
        found = self._sandbox.store.rows(
            "SELECT fingerprint, status, body FROM keys WHERE key = ?", (key,)
        )
        if not found:
            return None
        before, status, body = found[0]
        if before != fingerprint:
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                type="idempotency_error",
            )
        return Stored(status, body)

    def keep(self, key: str, fingerprint: str, stored: Stored) -> None:
        """Keep what is answered under a key."""
        self._sandbox.store.rows(
            "INSERT INTO keys (key, fingerprint, created, status, body) VALUES (?, ?, ?, ?, ?)",
            (key, fingerprint, self._sandbox.now(), *stored),
        )


def fingerprint_of(method: str, path: str, params: dict[str, Any]) -> str:
    """Return what two requests have in common that are the same."""
    text = json.dumps([method, path, params], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
