"""The one place that picks adapters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

from adapters.clickhouse.usage import ClickHouseUsage
from adapters.mapper import FactMapper
from adapters.postgres.access_log import PostgresAccessLog
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.journal import PostgresJournal
from adapters.postgres.migrations import migrate, require_current, require_made
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


class Opening(Enum):
    """What a command may do to the ledger that it opens."""

    READ = auto()
    """Nothing: it must be there, and of this version."""

    WRITE = auto()
    """It must be there; it is brought to this version."""

    MAKE = auto()
    """It is made if it is not there."""


def clock_us() -> int:
    """This machine's clock, in microseconds."""
    return time.time_ns() // 1000


@contextmanager
def endpoints(settings: Settings, opening: Opening) -> Iterator[Endpoints]:
    """The configured servers; what is not configured is embedded.

    Attaches to the engines that a running service keeps in the same data folder, or starts them
    and stops them at the end. Raises NoLedger where nothing may be made and nothing is there.
    """
    with _embedded(settings, opening) as (database_url, clickhouse_url):
        if opening is Opening.READ:
            require_current(database_url)
        else:
            if opening is Opening.WRITE:
                require_made(database_url)
            migrate(database_url)
        yield Endpoints(DatabaseUrls.of(database_url), clickhouse_url)


@contextmanager
def _embedded(settings: Settings, opening: Opening) -> Iterator[tuple[str, str]]:
    if settings.database_url and settings.clickhouse_url:
        yield settings.database_url, settings.clickhouse_url
        return
    from adapters.embedded import Engines, require_kept, running_engines  # noqa: PLC0415  # an extra

    running = running_engines(settings.data)
    if running is not None:
        yield (
            settings.database_url or str(running.database_url),
            settings.clickhouse_url or str(running.clickhouse_url),
        )
        return
    wanted = {
        "postgres": settings.database_url is None,
        "clickhouse": settings.clickhouse_url is None,
    }
    if opening is not Opening.MAKE:
        require_kept(settings.data, **wanted)
    with Engines(settings.data, **wanted) as engines:
        urls = engines.urls()
        yield (
            settings.database_url or str(urls.database_url),
            settings.clickhouse_url or str(urls.clickhouse_url),
        )


def journal(database: DatabaseUrls, name: str) -> PostgresJournal:
    """The store, as the writer."""
    return PostgresJournal(database.writer, name=name)


def access_log(database: DatabaseUrls) -> PostgresAccessLog:
    """Where refused requests are written, as the writer."""
    return PostgresAccessLog(database.writer)


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
