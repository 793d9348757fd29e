"""Serving: the service of one process, put together from what the container picks."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial

from clickhouse_connect.driver.client import Client

from api.access_log.recorder import AccessLog
from api.container import (
    CartStore,
    DeferredCalls,
    Endpoints,
    Payments,
    access_log,
    blobs,
    carrier_table,
    clock_us,
    connect_clickhouse,
    cursor_key,
    issuer_keys,
    key_uses,
    limit_store,
    migrate_clickhouse,
    migrations,
    require_public,
    signing_keys,
    webhook_key,
)
from api.deadline import READY_S, REQUEST_S
from api.http.auth.credentials import CredentialCache
from api.http.auth.key_uses import KeyUses
from api.http.auth.tokens import Tokens
from api.http.limits.counters import Counters, SharedCounters
from api.http.sealing_watch import UNSEALED_MAX_S, SealingWatch
from api.http.service import Service
from api.http.siblings import NoSiblings, Siblings
from api.inbound.notices import NoticeInbox
from api.limits import configured
from api.queries.rating.rate_cards import RateCards
from api.queries.reader import LONG_POOL_MAX, POOL_MAX, POOL_MIN, Reader, query_pool
from api.queries.tenancy.credential_changes import CredentialChanges
from api.queries.tenancy.directory import shard_of
from api.settings import Settings
from api.time_travel.replay import Replay
from api.writer.writers import Writers


class _Analytics:
    """The client of ClickHouse, connected when first used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client | None = None
        self._connecting = threading.Lock()

    def __call__(self) -> Client:
        with self._connecting:
            if self._client is None:
                migrate_clickhouse(
                    self._url
                )  # before the first line is recorded there is nothing to sum
                self._client = connect_clickhouse(self._url, patience_s=int(REQUEST_S))
            return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def service_over(
    settings: Settings,
    at: Endpoints,
    ways: Mapping[int, int],
    request_s: float = REQUEST_S,
    ready_s: float = READY_S,
    unsealed_max_s: float = UNSEALED_MAX_S,
    writers: int = 1,
    siblings: Siblings | None = None,
    processes: int = 1,
) -> Service:
    """Return the doors of one process, not opened yet. `ways`: to its writers; it is one of so many
    `processes`."""
    pool = query_pool(at.database.query, size=max(POOL_MIN, POOL_MAX // processes))
    reader = Reader(pool, request_s)
    long_pool = query_pool(at.database.query, size=LONG_POOL_MAX)
    long_reader = Reader(long_pool, request_s)
    analytics = _Analytics(at.clickhouse_url)
    carts = CartStore(at.database.writer)
    keys, payments = signing_keys(settings), Payments(at.stripe)
    siblings = siblings or NoSiblings()

    def release() -> None:
        analytics.close()
        carts.hang_up()

    return Service(
        settings=settings,
        writer=Writers(ways, partial(shard_of, reader), writers, request_s),
        pool=pool,
        reader=reader,
        long_pool=long_pool,
        long_reader=long_reader,
        rate_cards=RateCards(reader),
        replay=Replay(long_reader),
        access_log=AccessLog(access_log(at.database), clock_us),
        credentials=CredentialCache(
            reader,
            settings.operator_key,
            CredentialChanges(at.database.query),
            Tokens(settings.issuers, issuer_keys, clock_us),
            KeyUses(key_uses(at.database), clock_us),
            clock_us,
        ),
        clock=clock_us,
        analytics=analytics,
        release=release,
        cursor_key=cursor_key(at.database.query),
        webhook_key=webhook_key(at.database.query),
        carts=carts,
        inbox=NoticeInbox(DeferredCalls(at.database.writer)),
        blobs=blobs(settings),
        payments=payments,
        carriers=carrier_table(),
        subscribed=payments,
        require_public=require_public,
        sealing=SealingWatch(reader, clock_us, unsealed_max_s),
        siblings=siblings,
        counters=_counters(settings, siblings),
        amount_of=configured(settings.limits),
        migrations=frozenset(name for name, _ in migrations()),
        request_s=request_s,
        ready_s=ready_s,
        verifier_keys=lambda: list(keys.ring().verifiers),
        signers=lambda: keys.ring().signers,
    )


def _counters(settings: Settings, siblings: Siblings) -> Counters:
    """Return what the limits of all who serve together are counted by."""
    if settings.limits_url is None:
        return siblings.counters
    return SharedCounters(limit_store(settings.limits_url), siblings.counters)
