"""Sealing watch: whether what is recorded is signed in time, as readiness asks it: without waiting
for the answer of all orgs."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from api.queries.proof.checkpoints import sealing_state
from api.queries.reader import Reader
from ledger.kernel.errors import Unavailable
from ledger.ports import Clock

UNSEALED_MAX_S = 60.0
"""An event this old without a signature makes a service not ready: nobody could prove it."""

_FRESH_S = 5.0
_PATIENCE_S = 0.3


class SealingWatch:
    """Knows the age of the oldest event without a signature, a few seconds late."""

    def __init__(self, reader: Reader, clock: Clock, limit_s: float = UNSEALED_MAX_S) -> None:
        self._reader = reader
        self._clock = clock
        self._limit_s = limit_s
        self._unsealed_us: int | None = None
        self._asked_at = -_FRESH_S
        self._asking: asyncio.Task[None] | None = None

    async def require_signed(self) -> None:
        """Raise Unavailable when an old event has no signature."""
        if self._asking is None and time.monotonic() - self._asked_at >= _FRESH_S:
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=_PATIENCE_S)
        since_us = self._unsealed_us
        if since_us is not None and self._clock() - since_us > self._limit_s * 1_000_000:
            raise Unavailable(
                f"nothing was signed of an org for more than {self._limit_s:.0f} s: is `tally "
                "seal` running? tally verify says which one it is."
            )

    async def _ask(self) -> None:
        try:
            with suppress(Unavailable):  # readiness itself says that the database does not answer
                self._unsealed_us = (await sealing_state(self._reader)).unsealed_us
        finally:
            self._asking = None
