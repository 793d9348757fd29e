"""The one place that picks adapters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.clickhouse.usage import ClickHouseUsage
from adapters.mapper import FactMapper
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.journal import PostgresJournal
from adapters.postgres.migrations import migrate
from adapters.postgres.read_models import PostgresProjection, PostgresTransactions
from adapters.signing_keys import SigningKeys
from api.commands.application import Ledger
from api.settings import Settings
from projections.engine import Projection
from projections.transactions import Transactions
from projections.usage import LINGER_S, Usage


@dataclass(frozen=True)
class Endpoints:
    """Where the engines are; the database is migrated."""

    database: DatabaseUrls
    clickhouse_url: str


def clock_us() -> int:
    """This machine's clock, in microseconds."""
    return time.time_ns() // 1000


@contextmanager
def endpoints(settings: Settings) -> Iterator[Endpoints]:
    """The configured servers; what is not configured is embedded.

    Attaches to the engines that a running service keeps in the same data folder, or starts them
    and stops them at the end.
    """
    with _embedded(settings) as (database_url, clickhouse_url):
        migrate(database_url)
        yield Endpoints(DatabaseUrls.of(database_url), clickhouse_url)


@contextmanager
def _embedded(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.database_url and settings.clickhouse_url:
        yield settings.database_url, settings.clickhouse_url
        return
    from adapters.embedded import Engines, running_engines  # noqa: PLC0415  # an optional extra

    running = running_engines(settings.data)
    if running is not None:
        yield (
            settings.database_url or str(running.database_url),
            settings.clickhouse_url or str(running.clickhouse_url),
        )
        return
    with Engines(
        settings.data,
        postgres=settings.database_url is None,
        clickhouse=settings.clickhouse_url is None,
    ) as engines:
        urls = engines.urls()
        yield (
            settings.database_url or str(urls.database_url),
            settings.clickhouse_url or str(urls.clickhouse_url),
        )


def journal(database: DatabaseUrls, name: str) -> PostgresJournal:
    """The store, as the writer."""
    return PostgresJournal(database.writer, name=name)


def ledger(store: PostgresJournal) -> Ledger:
    """The eventsourcing application over a store."""
    return Ledger(store, FactMapper())


def signing_keys(settings: Settings) -> SigningKeys:
    """The keys of this ledger's checkpoints."""
    return SigningKeys(
        settings.name,
        settings.signing_keys_file or settings.data / "signing-keys",
        settings.verifier_keys_file or settings.data / "verifier-keys",
        settings.signing_keys,
    )


def projections(ends: Endpoints, *, linger_s: float = LINGER_S) -> list[Projection]:
    """Every read model that follows the events, over its store."""
    writer = ends.database.writer
    return [
        Transactions(PostgresTransactions(writer, Transactions.name)),
        Usage(
            PostgresProjection(writer, Usage.name),
            ClickHouseUsage(ends.clickhouse_url),
            linger_s=linger_s,
        ),
    ]
