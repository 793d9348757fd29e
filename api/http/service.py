"""What the handlers work with, put together once by the container."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import Request

from api.commands.sequencer import Sequencer
from api.http.credentials import Credentials
from api.http.entropy import fresh_bytes
from api.http.metrics import Metrics
from api.http.origins import Origins
from api.queries.reader import Pool, Reader
from api.queries.usage import Analytics
from api.settings import Settings
from ledger.audit.note import VerifierKey
from ledger.ports import Clock


@dataclass(frozen=True)
class Service:
    """One process's doors: commands in, queries out, who may knock."""

    settings: Settings
    sequencer: Sequencer
    pool: Pool
    reader: Reader
    credentials: Credentials
    clock: Clock
    analytics: Analytics
    release: Callable[[], None]
    """Closes what the sequencer and the analytics hold."""
    migrations: frozenset[str] = frozenset()
    verifier_keys: Callable[[], list[VerifierKey]] = list
    """The public keys of the ledger's checkpoints, as they are now."""
    origins: Origins = field(default_factory=Origins)
    metrics: Metrics = field(default_factory=Metrics)
    random: Callable[[int], bytes] = fresh_bytes

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take commands and queries; at the end, finish the commands that wait."""
        await self.pool.open()
        self.sequencer.start()
        try:
            yield
        finally:
            # Off the loop: the sequencer hands its last outcomes back to it.
            await asyncio.to_thread(self.sequencer.close)
            await self.pool.close()
            self.release()


def service_of(request: Request) -> Service:
    """The service behind a request."""
    service: Service = request.app.state.service
    return service
