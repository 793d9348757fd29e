"""Issuer keys: the public keys of an issuer as they were when they were last asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from api.http.errors import IssuerUnavailable
from ledger.tenancy.ports import KeysNotGiven, KeySource, PublicKey

REFRESHED_S = 300.0
"""How often they are asked for, so that a key that was taken back opens nothing any more."""

ASKED_AGAIN_S = 10.0
"""How long they are not asked for again, whoever names keys that nobody knows."""

KEPT_S = 86_400.0
"""How long they count while the issuer does not answer."""

_log = logging.getLogger(__name__)


class IssuerKeys:
    """Those of one issuer. Used by the event loop alone."""

    def __init__(
        self, name: str, source: KeySource, clock: Callable[[], float], on_lost: Callable[[], None]
    ) -> None:
        self._name = name
        self._source = source
        self._clock = clock
        self._on_lost = on_lost
        self._keys: Mapping[str, PublicKey] = {}
        self._had_at: float | None = None
        self._asked_at: float | None = None
        self._is_answering = True
        self._turn = asyncio.Lock()

    async def find(self, key_id: str) -> PublicKey | None:
        """Return a key; None where the issuer has none of that id. Raises IssuerUnavailable where
        that cannot be known now."""
        found = self._usable().get(key_id)
        if found is None:
            async with self._turn:  # whoever is asking already may come back with it
                if key_id not in self._usable() and self._may_ask():
                    await self._ask()
            found = self._usable().get(key_id)
        if found is None and not self._is_answering:
            raise IssuerUnavailable(
                f"the issuer {self._name} does not answer, so that this token cannot be verified: "
                "send the same again.",
                field="Authorization",
            )
        return found

    async def refresh(self) -> None:
        """Ask for the keys; those there are stay while the issuer does not answer."""
        async with self._turn:
            await self._ask()

    async def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            keys = await self._source.keys()
        except KeysNotGiven as error:
            self._is_answering = False
            _log.warning("the issuer %s gives no keys: %s", self._name, error.detail)
            return
        had, self._keys = self._keys, keys
        self._had_at, self._is_answering = self._clock(), True
        if any(_print(keys.get(name)) != _print(key) for name, key in had.items()):
            self._on_lost()

    def _usable(self) -> Mapping[str, PublicKey]:
        """Return the keys, unless they are older than anyone may trust."""
        is_recent = self._had_at is not None and self._clock() < self._had_at + KEPT_S
        return self._keys if is_recent else {}

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._clock() >= self._asked_at + ASKED_AGAIN_S


def _print(key: PublicKey | None) -> str:
    return "" if key is None else key.thumbprint
