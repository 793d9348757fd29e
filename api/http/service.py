"""The service as handlers have it: what they work with, put together once by the container."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import Request

from api.access_log.origins import Origins
from api.access_log.recorder import AccessLog
from api.deadline import READY_S, REQUEST_S
from api.entropy import fresh_bytes
from api.http.batch_limiter import BatchLimiter
from api.http.limits.counters import Counters, MemoryCounters
from api.http.limits.limiter import Limiter
from api.http.metrics import Metrics
from api.http.read_turns import ReadTurns
from api.http.sealing_watch import SealingWatch
from api.http.siblings import NoSiblings, Siblings
from api.inbound.notices import NoticeInbox
from api.limits import AmountOf, configured
from api.queries.credits.balance import Balances
from api.queries.credits.usage_report import Analytics
from api.queries.rating.rate_cards import RateCards
from api.queries.reader import Pool, Reader
from api.queries.tenancy.directory import Credential
from api.settings import Settings
from api.time_travel.replay import Replay
from api.writer.recent_orgs import RecentOrgs
from api.writer.writers import Writers
from ledger.carts.ports import Carts
from ledger.fulfilment.ports import Carriers
from ledger.invoices.ports import Blobs
from ledger.ports import Clock
from ledger.proof.note import SignerKey, VerifierKey
from ledger.purchases.provider import Payments
from ledger.subscriptions.provider import SubscriptionProviders


class Credentials(Protocol):
    """Who holds a secret; `auth/credentials.py`."""

    async def of(self, authorization: str | None) -> Credential:
        """Return the credential of an Authorization header."""

    async def knows_org(self, org: str) -> bool:
        """Tell whether an org exists."""

    def is_current(self, credential: Credential) -> bool:
        """Tell whether a credential that was found may still be taken for one."""

    def changed(self, org: str, key: str) -> None:
        """Ask for a key again, or for the roles of an org: it was changed."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Hear of changes meanwhile."""


async def anywhere(url: str) -> None:
    """Let a URL lead anywhere."""


@dataclass(frozen=True)
class Service:
    """One process's doors: commands in, queries out, who may knock."""

    settings: Settings
    writer: Writers
    pool: Pool
    reader: Reader
    long_pool: Pool
    long_reader: Reader
    """For what takes long: its connections are not those that a balance waits for."""

    rate_cards: RateCards
    replay: Replay
    access_log: AccessLog
    credentials: Credentials
    clock: Clock
    analytics: Analytics
    release: Callable[[], None]
    """Closes what the analytics and the carts hold."""
    cursor_key: bytes
    """What cursors are authenticated with."""
    webhook_key: bytes
    """What the secrets of webhooks are made of."""
    carts: Carts
    """What somebody may buy; used by threads, each for one request."""
    inbox: NoticeInbox
    """Where what providers of payments told us is kept."""
    payments: Payments
    """Who collects money."""
    blobs: Blobs
    """Where documents are kept; used by threads, each for one request."""
    carriers: Carriers
    """Who takes shipments."""
    subscribed: SubscriptionProviders
    """Who runs subscriptions."""
    sealing: SealingWatch
    migrations: frozenset[str] = frozenset()
    request_s: float = REQUEST_S
    ready_s: float = READY_S
    verifier_keys: Callable[[], list[VerifierKey]] = list
    """The public keys of the ledger's checkpoints, as they are now."""
    signers: Callable[[], Sequence[SignerKey]] = tuple
    """The keys that sign exports; none where they are not kept."""
    recent_orgs: RecentOrgs = field(default_factory=RecentOrgs)
    """Whether orgs share this process at the time."""

    siblings: Siblings = field(default_factory=NoSiblings)
    """The processes that serve HTTP beside this one."""

    counters: Counters = field(default_factory=MemoryCounters)
    """What has been spent of limits, as all know it who serve together."""

    amount_of: AmountOf = field(default_factory=lambda: configured({}))
    """How much of each limit an org has."""

    window_clock: Callable[[], float] = time.monotonic
    """What their windows are timed by."""

    limits: Limiter = field(init=False)
    balances: Balances = field(init=False)
    reads: ReadTurns = field(init=False)
    """Whose turn it is to read what takes long."""
    turns: BatchLimiter = field(init=False)
    """Whose batches are worked on."""

    origins: Origins = field(default_factory=Origins)
    metrics: Metrics = field(default_factory=Metrics)
    random: Callable[[int], bytes] = fresh_bytes
    require_public: Callable[[str], Awaitable[None]] = anywhere
    """Refuses a URL that does not lead to a public machine."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "balances", Balances(self.reader))
        note_refused = self.metrics.count_limited
        limits = Limiter(self.counters, self.amount_of, note_refused, self.window_clock)
        reads = ReadTurns(self.recent_orgs, self.amount_of, note_refused)
        object.__setattr__(self, "limits", limits)
        object.__setattr__(self, "reads", reads)
        object.__setattr__(self, "turns", BatchLimiter(self.recent_orgs))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take commands and queries; at the end, finish the commands that wait."""
        await self.pool.open()
        await self.long_pool.open()
        await self.writer.start()
        self.access_log.start()
        try:
            async with self.credentials.running():
                yield
        finally:
            await self.writer.close()
            await asyncio.to_thread(self.access_log.close)
            await self.counters.close()
            await self.pool.close()
            await self.long_pool.close()
            self.inbox.close()
            await self.payments.close()
            self.release()


def service_of(request: Request) -> Service:
    """Return the service behind a request."""
    service: Service = request.app.state.service
    return service
