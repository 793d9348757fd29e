"""A store of its own for a test: events without meaning, sealers and what they have left."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrate
from adapters.postgres.sealing import PostgresSealing
from adapters.postgres.witnesses import PostgresWitnesses
from adapters.signing_keys import SigningKeys
from api.container import clock_us
from api.sealing.sealer import Sealer
from ledger.kernel.chain import EMPTY, Head
from ledger.ports import Clock
from ledger.proof.checkpoint import Checkpoint, open_checkpoint, origin_of
from ledger.proof.merkle import root_of
from ledger.proof.tiles import Tile
from tests.contracts.stores import batch_of, entry, place

NAME = "ledger.test"
_GUARDS = """
SELECT t.tgrelid::regclass::text, t.tgname
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'tally'::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'A'
"""
Tiles = dict[tuple[str, Tile], bytes]


class SealedStore:
    """A database, the keys of one ledger."""

    def __init__(self, owner: str, folder: Path) -> None:
        self.owner = owner
        self.urls = log_in(self.owner)
        self.folder = folder
        self.keys = SigningKeys(NAME, folder / "signing-keys", folder / "verifier-keys")
        self._versions = itertools.count(1)

    def append(
        self, *orgs: str, shard: int = 1, event_store: PostgresEventStore | None = None
    ) -> None:
        """Commit one event for each org named, all in one transaction, where they live."""
        mine = event_store or PostgresEventStore(self.urls.writer)
        known, _ = mine.look_up(set(orgs), [])
        heads: dict[str, Head] = {org: known.get(org, EMPTY) for org in orgs}
        entries = [entry(org, f"s{next(self._versions)}-{id(mine)}") for org in orgs]
        mine.append(batch_of(heads, entries, shard=shard))
        if event_store is None:
            mine.close()

    def move(self, shard: int, *orgs: str) -> None:
        """Have orgs live in a shard from now on."""
        event_store = PostgresEventStore(self.urls.writer)
        for org in orgs:
            place(event_store, org, shard)
        event_store.close()

    def sealer(self, clock: Clock = clock_us, **options: Any) -> Sealer:
        """Another process's sealer."""
        return Sealer(PostgresSealing(self.urls.writer), self.keys, clock, **options)

    def seal(self) -> None:
        """Seal what there is, as a process that begins and ends."""
        assert self.sealer().catch_up()

    def witnesses(self) -> PostgresWitnesses:
        """What witnesses have."""
        return PostgresWitnesses(self.urls.writer)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What the owner reads."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query, parameters).fetchall()

    def tamper(self, *statements: str) -> None:
        """Change what nobody may, as an owner without scruples."""
        with psycopg.connect(self.owner) as connection:
            triggers = connection.execute(_GUARDS).fetchall()
            for table, trigger in triggers:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            for statement in statements:
                connection.execute(statement.encode())
            for table, trigger in triggers:
                connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")

    def empty(self) -> None:
        """As it was before the first event."""
        self.tamper(
            "TRUNCATE tally.events, tally.keys, tally.heads, tally.tiles, tally.trees, "
            "tally.checkpoints, tally.witnesses, tally.projections",
            "DELETE FROM tally.shard WHERE id > 1",
            "UPDATE tally.shard SET position = 0",
        )

    def hashes(self, org: str) -> list[bytes]:
        """The links of an org's chain."""
        query = "SELECT hash FROM tally.events WHERE org = %s ORDER BY sequence"
        return [row[0] for row in self.rows(query, [org])]

    def tiles(self) -> Tiles:
        """Every stored tile."""
        query = "SELECT org, level, tile, hashes FROM tally.tiles"
        return {(org, Tile(level, tile)): h for org, level, tile, h in self.rows(query)}

    def checkpoints(self, org: str) -> list[Checkpoint]:
        """An org's checkpoints by size, their signatures checked."""
        verifiers = self.keys.ring().verifiers
        query = "SELECT note, size, root FROM tally.checkpoints WHERE org = %s ORDER BY size"
        opened = []
        for note, size, root in self.rows(query, [org]):
            opened.append(open_checkpoint(note, verifiers, origin_of(NAME, org)))
            assert (opened[-1].size, opened[-1].root) == (size, root)
        return opened

    def refused(self) -> dict[str, str]:
        """The orgs that are not sealed any further, and why."""
        query = "SELECT org, refused FROM tally.trees WHERE refused IS NOT NULL"
        return dict(self.rows(query))

    def check(self, *orgs: str) -> None:
        """The newest checkpoint of each org is the one of all its events."""
        for org in orgs:
            last, hashes = self.checkpoints(org)[-1], self.hashes(org)
            assert (last.size, last.root) == (len(hashes), root_of(hashes)), org


def migrated(server: str) -> str:
    """Where an empty database is."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE sealed")
    owner = conninfo.make_conninfo(server, dbname="sealed")
    migrate(owner)
    return owner


def run_in_thread(sealer: Sealer, stop: threading.Event) -> threading.Thread:
    """A sealer that goes on until told to stop."""
    thread = threading.Thread(target=sealer.run, args=(stop,), daemon=True)
    thread.start()
    return thread
