"""Engines: the servers and bundled engines that the settings name, and how to log in to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from adapters.nats.address import NatsAddress
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate, require_current, require_made
from adapters.stripe.account import StripeAccount
from api.container.payments import stripe_account
from api.settings import Settings
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_org


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Endpoints:
    """Where the engines are; the database is migrated."""

    database: DatabaseUrls
    clickhouse_url: str
    nats: NatsAddress | None = None
    """None: there is none, and nothing is published."""
    live: Callable[[], bool] = _always
    """Whether what keeps the engines that we started is there."""
    analysts_months: int | None = None
    """How long lines are to be kept for analysts; None: as it is."""
    stripe: StripeAccount | None = None
    """None: there is none, and money comes in by bank transfer only."""


class Opening(Enum):
    """What a command may do to the ledger that it opens."""

    READ = auto()
    """Nothing: it must be there, and of this version."""

    WRITE = auto()
    """It must be there; it is brought to this version."""

    MAKE = auto()
    """It is made if it is not there."""


@contextmanager
def endpoints(
    settings: Settings, opening: Opening, notify: str | None = None
) -> Iterator[Endpoints]:
    """Give the configured servers; what is not configured is embedded. `notify`: where a sandbox of
    Stripe tells what happens, if there is to be one in the place of an account.

    Attaches to the engines that a running service keeps in the same data folder, or starts them
    and stops them at the end. Raises NoLedger where nothing may be made and nothing is there.
    """
    if settings.stripe_key is not None or settings.has_database:
        notify = None  # where real customers may be served, nobody buys with test numbers
    with _servers(settings, opening, notify=notify) as servers:
        logins = _logins(settings, opening, servers.owner).without_owner()
        yield Endpoints(
            logins,
            str(servers.clickhouse_url),
            servers.nats,
            servers.live,
            settings.analysts_months,
            stripe_account(settings, servers.stripe_url),
        )


@contextmanager
def database(settings: Settings, opening: Opening) -> Iterator[DatabaseUrls]:
    """Give as `endpoints` does, for who needs nothing but the database."""
    with owned_database(settings, opening) as logins:
        yield logins.without_owner()


@contextmanager
def owned_database(settings: Settings, opening: Opening) -> Iterator[DatabaseUrls]:
    """Give as `database` does, and the owner's credential, for who changes the tables themselves;
    nobody else keeps it when all is migrated."""
    with _servers(settings, opening, database_only=True) as servers:
        yield _logins(settings, opening, servers.owner)


@contextmanager
def bare_endpoints(settings: Settings, opening: Opening = Opening.READ) -> Iterator[Endpoints]:
    """Give the engines with the owner's login, if there is one, and make nothing in them: for who
    fills or examines them."""
    with _servers(settings, opening) as servers:
        logins = DatabaseUrls(
            owner=servers.owner, writer=settings.writer_url, query=settings.query_url
        )
        yield Endpoints(logins, str(servers.clickhouse_url), servers.nats, servers.live)


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


class _Servers(NamedTuple):
    """The login of the database's owner, where the others are, and whether what we started for them
    lives."""

    owner: str | None
    clickhouse_url: str | None
    nats: NatsAddress | None
    live: Callable[[], bool] = _always
    stripe_url: str | None = None
    """Of the sandbox, if there is one."""


@contextmanager
def _servers(
    settings: Settings,
    opening: Opening,
    *,
    database_only: bool = False,
    notify: str | None = None,
) -> Iterator[_Servers]:
    """Give the servers that are configured, and the embedded engines in the place of others. NATS
    is embedded only beside our own PostgreSQL: with a server of it, nobody may want a feed."""
    given = _Servers(settings.database_url, settings.clickhouse_url, nats_given(settings))
    wanted = {
        "postgres": not settings.has_database,
        "clickhouse": not database_only and settings.clickhouse_url is None,
        "nats": not (database_only or settings.has_database or settings.nats_urls),
    }
    if not any(wanted.values()):
        yield given
        return
    from adapters.embedded import Engines, require_kept, running_engines  # noqa: PLC0415  # an extra

    urls = running_engines(settings.data)
    live: Callable[[], bool] = _always
    with ExitStack() as stack:
        if urls is None:
            if opening is not Opening.MAKE:
                require_kept(
                    settings.data, postgres=wanted["postgres"], clickhouse=wanted["clickhouse"]
                )
            engines = stack.enter_context(Engines(settings.data, **wanted, notify=notify))
            urls, live = engines.urls(), engines.alive
        yield _Servers(
            urls.database_url if wanted["postgres"] else given.owner,
            urls.clickhouse_url if wanted["clickhouse"] else given.clickhouse_url,
            NatsAddress((urls.nats_url,)) if wanted["nats"] and urls.nats_url else given.nats,
            live,
            urls.stripe_url,
        )


def nats_given(settings: Settings) -> NatsAddress | None:
    """Return the NATS that is configured."""
    if not settings.nats_urls:
        return None
    return NatsAddress(settings.nats_urls, settings.nats_credentials, settings.nats_ca)


def analyst_url(settings: Settings, org: str) -> str:
    """Return where an org's analysts ask the embedded ClickHouse of a service that runs. Raises
    Invalid where there is none."""
    check_org(org, "org")
    if settings.clickhouse_url is not None:
        raise Invalid(
            "TALLY_CLICKHOUSE_URL names a server of its own: ops/clickhouse/analysts.sql says how "
            "to make analysts there."
        )
    from adapters.embedded import running_engines  # noqa: PLC0415  # an extra
    from adapters.embedded.clickhouse_analysts import url_of  # noqa: PLC0415  # an extra

    urls = running_engines(settings.data)
    if urls is None or urls.clickhouse_url is None:
        raise Invalid(f"no service runs on {settings.data}: start it, and ask again.")
    return url_of(urls.clickhouse_url, org)
