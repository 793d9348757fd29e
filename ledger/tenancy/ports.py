"""Ports of tenancy: the public keys of those whose tokens are taken, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ledger.kernel.errors import LedgerError


class NotVerified(LedgerError):
    """The signature of a token is not by this key, or not by this algorithm of it."""

    code = "not_verified"


class KeysNotGiven(LedgerError):
    """An issuer does not answer, or not with public keys."""

    code = "keys_not_given"


class PublicKey(Protocol):
    """A key that signatures are verified with."""

    @property
    def thumbprint(self) -> str:
        """What tells it from every other key."""

    def verify(self, token: str, algorithm: str) -> None:
        """Raise NotVerified unless it signed a token by an algorithm."""


class KeySource(Protocol):
    """Where the keys of one issuer are published."""

    async def keys(self) -> Mapping[str, PublicKey]:
        """Return its keys as they are now, by their ids. Raises KeysNotGiven."""
