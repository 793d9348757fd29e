"""The container: the one place that picks adapters; others take from here what it picked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from adapters.archive import Archives
from adapters.backup_file import BackupReader, BackupWriter, chunks_of, new_backup
from adapters.backup_manifest import FORM as BACKUP_FORM
from adapters.backup_manifest import BackupUnreadable, SavedTable
from adapters.backup_manifest import Manifest as BackupManifest
from adapters.clickhouse.analysts import ClickHouseTable
from adapters.clickhouse.connection import connect as connect_clickhouse
from adapters.clickhouse.connection import migrate as migrate_clickhouse
from adapters.mapper import FactMapper
from adapters.postgres.access_log import PostgresAccessLog, access_log_snapshot
from adapters.postgres.alarms import PostgresAlarms as AlarmTable
from adapters.postgres.archived import ArchivedEvents
from adapters.postgres.backup import PostgresBackup as DatabaseBackup
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.due_work import PostgresDueWork as DueWorkStore
from adapters.postgres.effects import PostgresCalls as DeferredCalls
from adapters.postgres.effects import PostgresEffects
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.examination import (
    LedgerFacts,
    LoginFacts,
    examine_ledger,
    examine_login,
)
from adapters.postgres.jobs import job_connector
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate, migrations, require_current, require_made
from adapters.postgres.partitions import Partition, Partitions
from adapters.postgres.read_models import PostgresProjection, PostgresReadModel
from adapters.postgres.read_models import empty as empty_follower
from adapters.postgres.restore import require_empty, require_known, restore
from adapters.postgres.sealing import PostgresSealing as SealingStore
from adapters.postgres.sealing import TilesDisagree
from adapters.postgres.secrets import cursor_key
from adapters.postgres.snapshot import PostgresSnapshot as StoreSnapshot
from adapters.postgres.wallet_snapshots import PostgresWalletSnapshots
from adapters.postgres.witnesses import PostgresWitnesses as DeliveryStore
from adapters.signing_keys import SigningKeys
from adapters.verified_state import VerifiedStateFile
from adapters.witness_files import WitnessFiles
from api.commands.application import Ledger, Store
from api.commands.credits.hooks import HOOKS as CREDITS  # noqa: F401  # an entry of _HOOKS
from api.commands.hooks import CommitHooks
from api.commands.rating.hooks import HOOKS as RATING  # noqa: F401  # an entry of _HOOKS
from api.effects.credits.cap_alerts import CapAlerts
from api.effects.effect import Effect, FactEffect
from api.effects.proof.witness_alerts import WitnessAlerts
from api.settings import Settings
from ledger.kernel.outside import Receiver
from ledger.proof.witnesses import Witness
from ledger.rating.listed import PriceList
from projections.credits.wallet_snapshots import WalletSnapshots
from projections.effects import Deferring
from projections.engine import End
from projections.fact_lines import FactLines
from projections.followers import STORED
from projections.ports import AnalystsRows
from projections.read_model import ReadModel
from projections.read_models import READ_MODELS
from projections.tables import Inserting, Storing

__all__ = [
    "BACKUP_FORM",
    "FACT_EFFECTS",
    "AlarmTable",
    "ArchivedEvents",
    "Archives",
    "BackupManifest",
    "BackupReader",
    "BackupUnreadable",
    "BackupWriter",
    "DatabaseBackup",
    "DatabaseUrls",
    "DeferredCalls",
    "DeliveryStore",
    "DueWorkStore",
    "Endpoints",
    "LedgerFacts",
    "LoginFacts",
    "Opening",
    "Partition",
    "Partitions",
    "SavedTable",
    "SealingStore",
    "SigningKeys",
    "StoreSnapshot",
    "TilesDisagree",
    "WitnessFiles",
    "access_log",
    "access_log_snapshot",
    "alert_receiver",
    "analysts_rows",
    "bare_endpoints",
    "chunks_of",
    "clock_us",
    "connect_clickhouse",
    "cursor_key",
    "database",
    "deferring",
    "effects",
    "empty",
    "endpoints",
    "event_store",
    "examine_ledger",
    "examine_login",
    "is_here",
    "job_connector",
    "ledger",
    "log_in",
    "migrate_clickhouse",
    "migrations",
    "new_backup",
    "owned_database",
    "price_list",
    "projections",
    "require_empty",
    "require_known",
    "restore",
    "signing_keys",
    "verified_state_file",
    "witness_at",
]


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Endpoints:
    """Where the engines are; the database is migrated."""

    database: DatabaseUrls
    clickhouse_url: str
    live: Callable[[], bool] = _always
    """Whether what keeps the engines that we started is there."""


class Opening(Enum):
    """What a command may do to the ledger that it opens."""

    READ = auto()
    """Nothing: it must be there, and of this version."""

    WRITE = auto()
    """It must be there; it is brought to this version."""

    MAKE = auto()
    """It is made if it is not there."""


def clock_us() -> int:
    """Return this machine's clock, in microseconds."""
    return time.time_ns() // 1000


@contextmanager
def endpoints(settings: Settings, opening: Opening) -> Iterator[Endpoints]:
    """Give the configured servers; what is not configured is embedded.

    Attaches to the engines that a running service keeps in the same data folder, or starts them
    and stops them at the end. Raises NoLedger where nothing may be made and nothing is there.
    """
    with _servers(settings, opening, clickhouse=True) as (owner, clickhouse_url, live):
        logins = _logins(settings, opening, owner).without_owner()
        yield Endpoints(logins, str(clickhouse_url), live)


@contextmanager
def database(settings: Settings, opening: Opening) -> Iterator[DatabaseUrls]:
    """Give as `endpoints` does, for who needs nothing but the database."""
    with owned_database(settings, opening) as logins:
        yield logins.without_owner()


@contextmanager
def owned_database(settings: Settings, opening: Opening) -> Iterator[DatabaseUrls]:
    """Give as `database` does, and the owner's credential, for who changes the tables themselves;
    nobody else keeps it when all is migrated."""
    with _servers(settings, opening, clickhouse=False) as (owner, *_):
        yield _logins(settings, opening, owner)


@contextmanager
def bare_endpoints(settings: Settings, opening: Opening = Opening.READ) -> Iterator[Endpoints]:
    """Give the engines with the owner's login, if there is one, and make nothing in them: for who
    fills or examines them."""
    with _servers(settings, opening, clickhouse=True) as (owner, clickhouse_url, live):
        logins = DatabaseUrls(owner=owner, writer=settings.writer_url, query=settings.query_url)
        yield Endpoints(logins, str(clickhouse_url), live)


def is_here(settings: Settings) -> bool:
    """Tell whether there are engines to ask: servers, or those that the data folder holds."""
    is_kept = (settings.data / "postgres").is_dir()
    return settings.has_database or is_kept


def _logins(settings: Settings, opening: Opening, owner: str | None) -> DatabaseUrls:
    """Return how to log in; who was not given the owner's credential migrates nothing."""
    writer, query = settings.writer_url, settings.query_url
    if owner is None:
        require_current(str(query or writer))
        return DatabaseUrls(writer=writer, query=query)
    if opening is Opening.READ:
        require_current(owner)
    else:
        if opening is Opening.WRITE:
            require_made(owner)
        migrate(owner)
    return log_in(owner, writer=writer, query=query)


@contextmanager
def _servers(
    settings: Settings, opening: Opening, *, clickhouse: bool
) -> Iterator[tuple[str | None, str | None, Callable[[], bool]]]:
    """Give the URLs of the database's owner, and of ClickHouse if it is asked for, and whether what
    we started for them lives."""
    wanted = {
        "postgres": not settings.has_database,
        "clickhouse": clickhouse and settings.clickhouse_url is None,
    }
    if not any(wanted.values()):
        yield settings.database_url, settings.clickhouse_url, _always
        return
    from adapters.embedded import Engines, require_kept, running_engines  # noqa: PLC0415  # an extra

    urls = running_engines(settings.data)
    live: Callable[[], bool] = _always
    with ExitStack() as stack:
        if urls is None:
            if opening is not Opening.MAKE:
                require_kept(settings.data, **wanted)
            engines = stack.enter_context(Engines(settings.data, **wanted))
            urls, live = engines.urls(), engines.alive
        yield (
            urls.database_url if wanted["postgres"] else settings.database_url,
            urls.clickhouse_url if wanted["clickhouse"] else settings.clickhouse_url,
            live,
        )


def event_store(database: DatabaseUrls, name: str) -> PostgresEventStore:
    """Return the store, as the writer."""
    return PostgresEventStore(database.writer, name=name)


def access_log(database: DatabaseUrls) -> PostgresAccessLog:
    """Return where refused requests are written, as the writer."""
    return PostgresAccessLog(database.writer)


_HOOKS = tuple(each for each in tuple(globals().values()) if isinstance(each, CommitHooks))
"""Those of every context that are imported above."""


def ledger(store: Store) -> Ledger:
    """Return the eventsourcing application over a store, with what contexts add to the commit
    path."""
    return Ledger(store, FactMapper(), _HOOKS)


def signing_keys(settings: Settings) -> SigningKeys:
    """Return the keys of this ledger's checkpoints."""
    return SigningKeys(
        settings.name,
        settings.signing_keys_file or settings.data / "signing-keys",
        settings.verifier_keys_file or settings.data / "verifier-keys",
        settings.signing_keys,
    )


def verified_state_file(settings: Settings) -> VerifiedStateFile:
    """Return where the state of a verification is kept: beside the public keys."""
    keys = settings.verifier_keys_file or settings.data / "verifier-keys"
    return VerifiedStateFile(keys.with_name("verified-state"))


def witness_at(url: str) -> Witness:
    """Return the witness at a URL or in a folder. Raises UnknownWitness."""
    from adapters.witnesses import witness_at as at  # noqa: PLC0415  # only the sealer needs it

    return at(url)


def price_list(day: date) -> PriceList:
    """Return the public price list as it stands on a day."""
    from adapters.genai_prices import read  # noqa: PLC0415  # slow to load, and only one needs it

    return read(day)


def projections(ends: Endpoints, *, linger_s: float | None = None) -> list[End]:
    """Return whatever is made of the events by following them, over its store, each after what it
    is made of. `linger_s`: how long those wait that want large pages, if not as they say."""
    store = PostgresWalletSnapshots(ends.database.writer, WalletSnapshots.name)
    lines = FactLines()
    read_models = [_filling(model, ends, lines, linger_s) for model in READ_MODELS.values()]
    return [*read_models, WalletSnapshots(store, linger_s=linger_s)]


def _filling(
    model: ReadModel[Any], ends: Endpoints, lines: FactLines, linger_s: float | None
) -> End:
    writer = ends.database.writer
    if not model.for_analysts:
        return Storing(model, PostgresReadModel(writer, model), lines)
    table = ClickHouseTable(ends.clickhouse_url, model)
    progress = PostgresProjection(writer, model.name)
    return Inserting(model, progress, table, lines, linger_s=linger_s)


def empty(name: str, logins: DatabaseUrls, ends: Endpoints) -> None:
    """Empty what a follower keeps, so that it is made again; `logins` have the owner's.

    What a runner inserts for analysts meanwhile is inserted once more, and counts once.
    """
    if name not in STORED:
        table = ClickHouseTable(ends.clickhouse_url, READ_MODELS[name])
        try:
            table.empty()
        finally:
            table.close()
    empty_follower(logins, name)


@contextmanager
def analysts_rows(ends: Endpoints) -> Iterator[dict[str, AnalystsRows]]:
    """Give the rows of every read model for analysts, by name."""
    tables = {
        name: ClickHouseTable(ends.clickhouse_url, model)
        for name, model in READ_MODELS.items()
        if model.for_analysts
    }
    with ExitStack() as stack:
        for table in tables.values():
            stack.callback(table.close)
        yield {**tables}


def alert_receiver(settings: Settings) -> Receiver | None:
    """Return who is told of alerts, if anybody."""
    from adapters.webhook import Webhook  # noqa: PLC0415  # only the process that calls needs it

    url = settings.alerts_url
    return Webhook(url, settings.alerts_secret, clock_us) if url is not None else None


FACT_EFFECTS = (CapAlerts,)
"""Those that follow the events."""


def effects(receiver: Receiver, witnesses: DeliveryStore) -> list[Effect]:
    """Return everything that calls the outside."""
    return [
        *(each(receiver, clock_us) for each in FACT_EFFECTS),
        WitnessAlerts(receiver, clock_us, witnesses.all_waiting),
    ]


def deferring(database: DatabaseUrls, effects: Iterable[Effect]) -> list[End]:
    """Return the followers of those effects that are about facts."""
    return [
        Deferring(
            each.name,
            PostgresEffects(database.writer, each.name, each.types),
            each.calls_of,
        )
        for each in effects
        if isinstance(each, FactEffect)
    ]
