"""The store: events, refused requests, keys and the clock, as the settings say."""

from __future__ import annotations

import time

from adapters.mapper import FactMapper
from adapters.postgres.access_log import PostgresAccessLog
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.key_uses import PostgresKeyUses
from adapters.postgres.leases import PostgresLeases
from adapters.signing_keys import SigningKeys
from adapters.verified_state import VerifiedStateFile
from api.commands.access.hooks import HOOKS as ACCESS  # noqa: F401  # an entry of _HOOKS
from api.commands.application import Ledger, Store
from api.commands.appointments.hooks import HOOKS as APPOINTMENTS  # noqa: F401  # the same
from api.commands.catalogue.hooks import HOOKS as CATALOGUE  # noqa: F401  # an entry of _HOOKS
from api.commands.credits.hooks import HOOKS as CREDITS  # noqa: F401  # an entry of _HOOKS
from api.commands.fulfilment.hooks import HOOKS as FULFILMENT  # noqa: F401  # the same
from api.commands.hooks import CommitHooks
from api.commands.internal_transfers.hooks import HOOKS as INTERNAL_TRANSFERS  # noqa: F401  # the same
from api.commands.inventory.hooks import HOOKS as INVENTORY  # noqa: F401  # an entry of _HOOKS
from api.commands.invoices.hooks import HOOKS as INVOICES  # noqa: F401  # an entry of _HOOKS
from api.commands.ordering.hooks import HOOKS as ORDERING  # noqa: F401  # an entry of _HOOKS
from api.commands.pricing.hooks import HOOKS as PRICING  # noqa: F401  # an entry of _HOOKS
from api.commands.promotions.hooks import HOOKS as PROMOTIONS  # noqa: F401  # the same
from api.commands.purchases.hooks import HOOKS as PURCHASES  # noqa: F401  # an entry of _HOOKS
from api.commands.rating.hooks import HOOKS as RATING  # noqa: F401  # an entry of _HOOKS
from api.commands.returns.hooks import HOOKS as RETURNS  # noqa: F401  # an entry of _HOOKS
from api.commands.stored_value.hooks import HOOKS as STORED_VALUE  # noqa: F401  # the same
from api.commands.subscriptions.hooks import HOOKS as SUBSCRIPTIONS  # noqa: F401  # the same
from api.settings import Settings


def clock_us() -> int:
    """Return this machine's clock, in microseconds."""
    return time.time_ns() // 1000


def event_store(database: DatabaseUrls, name: str) -> PostgresEventStore:
    """Return the store, as the writer."""
    return PostgresEventStore(database.writer, name=name)


def leases(database: DatabaseUrls, shard: int, service: str) -> PostgresLeases:
    """Return the lease of a shard, for the writer of a service."""
    return PostgresLeases(database.writer, shard, service)


def access_log(database: DatabaseUrls) -> PostgresAccessLog:
    """Return where refused requests are written, as the writer."""
    return PostgresAccessLog(database.writer)


def key_uses(database: DatabaseUrls) -> PostgresKeyUses:
    """Return where it is written when keys were last used, as the writer."""
    return PostgresKeyUses(database.writer)


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
