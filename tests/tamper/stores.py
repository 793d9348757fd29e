"""Stocked stores on real engines, copies of them, and a hand that changes what nobody may."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import conninfo

from adapters.clickhouse import tables as clickhouse
from adapters.clickhouse.lazy_client import LazyClient
from adapters.embedded import EngineUrls
from adapters.postgres.access_log import PostgresAccessLog
from adapters.postgres.event_store import PostgresEventStore
from adapters.postgres.logins import log_in
from adapters.postgres.sealing import PostgresSealing
from adapters.postgres.witnesses import PostgresWitnesses
from api import container
from api.access_log.attempts import Attempt
from api.access_log.recorder import AccessLog
from api.commands.command import Command
from api.commands.credits.allowances import SetAllowance
from api.commands.credits.caps import SetCaps
from api.commands.tenancy.api_keys import IssueApiKey, RevokeApiKey
from api.commands.webhooks.webhooks import AddWebhook
from api.container import Endpoints, signing_keys
from api.permissions import PERMISSIONS
from api.sealing.sealer import Sealer
from api.sealing.witness_delivery import Delivery
from api.settings import Settings
from api.verification.options import Options
from api.verification.verify import verify
from api.writer.group_commit import GroupCommit
from ledger.credits.caps import Cap, Period
from ledger.credits.wallet_snapshot import EVERY
from ledger.kernel.errors import LedgerError
from ledger.kernel.report import Report
from ledger.kernel.roles import Role
from ledger.kernel.times import format_time
from projections.followers import STORED
from projections.read_models import ANALYSTS
from tests.databases import migrated_database
from tests.scenarios.commands import (
    ACTOR,
    define,
    deposit,
    free_monthly,
    grant,
    price,
    publish,
    register,
    usage,
    use,
)
from tests.scenarios.purchase_commands import (
    disputed,
    evidence,
    opened,
    paid,
    policy,
    publish_offers,
    recharge,
    refund,
    refunded,
    start,
    told,
)
from tests.scenarios.subscription_commands import (
    publish_coupon,
    publish_plan,
    set_policy,
    subscribe,
)
from tests.scenarios.wallet_commands import capture, place, reverse
from tests.tamper.billed import billed, used_beyond
from tests.tamper.catalogue import put_back, tables
from tests.tamper.left_rows import leave_rows
from tests.tamper.sold import sold
from tests.tamper.stocked import stocked
from tests.tamper.stocked_value import stocked_value
from tests.tamper.stories import Sealed

HEALED = ("projections", "projection_heads", *STORED)
"""What verification itself brings up to date."""

_ANALYSTS = [table for model in ANALYSTS.values() for table in (model.table, model.sums) if table]

_numbers = itertools.count(1)


@dataclass(frozen=True)
class StoredPlace:
    """An event that tests change."""

    org: str
    sequence: int
    position: int


class MovingClock:
    """The real clock, a little ahead when told: within what the store allows."""

    def __init__(self) -> None:
        self.ahead_us = 0

    def __call__(self) -> int:
        return time.time_ns() // 1000 + self.ahead_us


class TestStore:
    """One database in each engine."""

    __test__ = False

    def __init__(self, engines: EngineUrls, name: str) -> None:
        self.name = name
        self.clock = MovingClock()
        self.options = Options()
        self._touched = False
        self._engines = engines
        assert engines.clickhouse_url is not None
        parts = urlsplit(engines.clickhouse_url)
        self.owner = conninfo.make_conninfo(str(engines.database_url), dbname=name)
        self.clickhouse_url = urlunsplit(parts._replace(path=f"/{name}"))
        self._analysts = LazyClient(self.clickhouse_url)

    @cached_property
    def ends(self) -> Endpoints:
        """Where the store is."""
        return Endpoints(log_in(self.owner), self.clickhouse_url)

    @classmethod
    def new(cls, engines: EngineUrls) -> TestStore:
        """An empty, migrated store."""
        store = cls(engines, f"store_{next(_numbers)}")
        migrated_database(str(engines.database_url), store.name)
        clickhouse.migrate(store.clickhouse_url)
        return store

    def copy(self) -> TestStore:
        """The same store again, to be changed."""
        twin = TestStore(self._engines, f"store_{next(_numbers)}")
        with psycopg.connect(str(self._engines.database_url), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{twin.name}" TEMPLATE "{self.name}"')
        for table in _ANALYSTS:
            twin.analysts(f"INSERT INTO {table} SELECT * FROM `{self.name}`.{table}")
        twin.options = self.options
        return twin

    def drop(self) -> None:
        """Remove it from both engines."""
        with psycopg.connect(str(self._engines.database_url), autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self.analysts(f"DROP DATABASE IF EXISTS `{self.name}` SYNC")
        self._analysts.close()

    def run(self, commands: Sequence[Command[object]]) -> None:
        """Decide and commit commands as a service process does; each must be accepted."""
        self._touched = True  # what is verified next brings them to the analysts
        event_store = PostgresEventStore(self.ends.database.writer, name="test")
        try:
            for outcome in GroupCommit(container.ledger(event_store), self.clock).run(commands):
                if isinstance(outcome, LedgerError):
                    raise outcome
        finally:
            event_store.close()

    def seal(self, folder: Path) -> None:
        """Sign what there is, and take it to a witness; both live in a folder."""
        witness, writer = str(folder / "witness"), self.ends.database.writer
        keys = signing_keys(Settings(data=folder))
        assert Sealer(PostgresSealing(writer), keys, self.clock).catch_up()
        witnesses = PostgresWitnesses(writer)
        witnesses.configure([witness])
        assert Delivery(witness, witnesses, self.clock).deliver()
        witnesses.close()
        self.options = Options(keys=keys.ring().verifiers, witnesses=(witness,))

    @property
    def verifier_keys(self) -> Path:
        """The file of the keys that sealed it."""
        return Path(self.options.witnesses[0]).parent / "verifier-keys"

    def verify(self, **changes: Any) -> Report:
        """What `tally verify` finds, with our keys and our witness."""
        return verify(self.ends, options=replace(self.options, **changes))

    def verify_sealed(self, *sealed: Sealed) -> Report:
        """What is found with the keys of the first, and the witnesses of all of them."""
        with TemporaryDirectory() as folder:
            witnesses = [_witness(Path(folder) / str(n), each) for n, each in enumerate(sealed)]
            options = Options(keys=sealed[0].signatures.keys, witnesses=tuple(witnesses))
            return verify(self.ends, options=options)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What the owner reads."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query, parameters).fetchall()

    def unguard(self) -> None:
        """Take every guard off, and keep what is stored now for `restore`."""
        with psycopg.connect(self.owner) as connection:
            connection.execute("CREATE SCHEMA saved")
            for statement in _unguarding(connection):
                connection.execute(statement)
            for table in tables(connection):
                connection.execute(f"CREATE TABLE saved.{table} AS SELECT * FROM tally.{table}")
        for table in _ANALYSTS:
            self.analysts(f"CREATE TABLE saved_{table} ENGINE = Log AS SELECT * FROM {table}")
        self._touched = False

    def restore(self, *changed: str) -> None:
        """Make tables again what they were when the guards came off; all of them, if none are
        named."""
        with psycopg.connect(self.owner) as connection:
            put_back(connection, {*changed, *HEALED} if changed else tables(connection), "saved")
        if self._touched or not changed:
            for table in _ANALYSTS:
                self.analysts(f"TRUNCATE TABLE {table}")
                self.analysts(f"INSERT INTO {table} SELECT * FROM saved_{table}")
            self._touched = False

    def tamper(self, *statements: str) -> None:
        """Change the database as its owner."""
        with psycopg.connect(self.owner) as connection:
            for statement in statements:
                connection.execute(statement)

    def analysts(self, statement: str) -> None:
        """Run a statement in ClickHouse, as its owner; mutations are waited for."""
        self._touched = True
        self._analysts.open().command(statement, settings={"mutations_sync": 2})


def _witness(folder: Path, sealed: Sealed) -> str:
    folder.mkdir()
    for name, content in sealed.deliveries:
        (folder / name).write_bytes(content)
    return str(folder)


def _unguarding(connection: psycopg.Connection[Any]) -> list[str]:
    """Statements that disable the triggers, and drop checks and the unique keys of what is only
    added to."""
    stored = connection.execute(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'tally'::regnamespace "
        "AND c.relkind IN ('r', 'p')"
    ).fetchall()
    unique = connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint "
        "WHERE connamespace = 'tally'::regnamespace AND conparentid = 0 AND (contype = 'c' "
        "OR contype IN ('u', 'p') AND conrelid::regclass::text ~ 'tally.(events|keys|access_log)')"
    ).fetchall()
    return [
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for (table,) in stored),
        *(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name in unique),
    ]


def stock(store: TestStore, folder: Path) -> None:
    """About sixty events of every kind: two orgs, keys, prices, lots that expire, debt, texts.

    Sealed three times, and once at the end; the keys and a witness lie in the folder.
    """
    store.run([register("acme"), register("globex", "shared")])
    store.run(_prices() + _credentials())
    for org, key in (("acme", "r1"), ("globex", "r2")):
        store.run([define(key, "balance:read", key=key, org=org)])
    for org in ("acme", "globex"):
        store.run([_webhook(org), publish_offers(key="o1", org=org)])
        store.run([publish_plan(key="p1", org=org)])
    store.run([SetAllowance(org="acme", actor=ACTOR, key="a1", sent={}, free_monthly=100_000_000)])
    caps = [Cap("daily", 10**12, Period.DAY), Cap("told", 10**6, Period.DAY)]
    store.run([SetCaps(org="acme", actor=ACTOR, key="c1", sent={}, caps=caps)])
    store.run([deposit("100", key="d1", reference="invoice 1"), deposit("5", key="d2", user="bo")])
    soon = format_time(store.clock() + 4_000_000)
    welcome = grant("2", "promotional", key="g1", expires=soon, reason="welcome, Ada")
    store.run([welcome, grant("1", "free", key="g2", user="bo", expires=soon, priority=10)])
    store.run([deposit("7.50", key="d3", user="bo", asset="usd")])
    for number in range(15):
        store.run([usage([use("0.25", id=f"single {number}")])])
    store.seal(folder)
    store.run([usage([_priced(number) for number in range(20)])])
    store.run([usage([_priced(100, user=user)], org="globex") for user in ("ada", "cy")])
    store.seal(folder)
    store.clock.ahead_us = 4_400_000  # the lots have expired
    for number in range(5):
        store.run([usage([use("0.5", id=f"late {number}", user="bo", metadata='{"a":"b"}')])])
    store.seal(folder)
    store.run([deposit("3", key="d4", user="@pool", org="globex")])
    for number in range(10):
        store.run([usage([use("0.125", id=f"more {number}", user="bo")])])
    store.run([deposit("1", key="d5", user="lou")])
    store.run([usage([use("0.0001", id=f"long {n}", user="lou")]) for n in range(EVERY + 5)])
    store.run([place("0.5", id="done"), place("0.25", id="open", reference="job 7")])
    store.run([capture("0.125", id="done")])
    _buy(store)
    store.run(billed())
    _reverse(store)
    _refuse(store)
    store.run([subscribe("free", user="sue", method=None), publish_coupon(key="half")])
    store.run([set_policy(key="terms of subscriptions", credits_at_once=True)])
    store.run([subscribe(user="tom", key="tom", coupon="HALF"), *used_beyond()])
    store.run([*sold(), *stocked(), *stocked_value()])
    store.run([usage([use("0.25", id=f"last {number}")]) for number in range(4)])
    leave_rows(store.owner)
    store.seal(folder)


def _buy(store: TestStore) -> None:
    """A purchase of which a part is to go back."""
    far = "2036-01-01T00:00:00Z"
    store.run([policy(), start(user="kim", expires=far), opened(), told(paid(), notice="evt_1")])
    store.run([told(refunded(200), notice="evt_2"), refund(300), recharge(user="lea")])
    store.run([start(user="kim", id="q", expires=far), told(paid(payment="pi_2"), id="q")])
    store.run([told(disputed(), id="q"), evidence(id="q")])


def _reverse(store: TestStore) -> None:
    """A debit in part, and a deposit that has paid a debt."""
    for org, key, amount in (("acme", "more 3", "0.1"), ("globex", "d4", None)):
        ((sequence,),) = store.rows(
            "SELECT sequence FROM tally.keys WHERE org = %s AND key = %s", [org, key]
        )
        store.run([reverse(sequence, amount, org=org)])


def _refuse(store: TestStore) -> None:
    """Something of the access log."""
    log = AccessLog(PostgresAccessLog(store.ends.database.writer), store.clock)
    log.start()
    for org in ("acme", "platform"):
        attempt = Attempt("forbidden", "no.", "GET", "/v1/x", org, "mia", "key_1", "10.0.0.1")
        log.note(attempt, "r")
    log.close()


def _webhook(org: str) -> Command[object]:
    return AddWebhook(
        org=org,
        actor=ACTOR,
        key="w1",
        sent={},
        webhook=f"wh_{org}",
        url="https://example.com/told",
        events=["credits.AlertRaised"],
    )


def _prices() -> list[Command[object]]:
    prices = [price("m-1", "input_tokens", "2.50"), price("m-1", "output_tokens", "10")]
    prices.append(free_monthly("m-1", "images", 1_000, "1"))
    return [
        publish(prices, key="p1"),
        publish([price("m-2", "request", "1")], key="p2", org="acme"),
    ]


def _credentials() -> list[Command[object]]:
    def issue(number: int) -> IssueApiKey:
        return IssueApiKey(
            org="acme",
            actor=ACTOR,
            key=f"k{number}",
            sent={"name": f"key {number}"},
            key_id=f"key-{number}",
            name=f"key {number}",
            role=Role.GATEWAY,
            granter=PERMISSIONS[Role.OPERATOR],
            secret_hash=f"{number:064x}",
        )

    revoke = RevokeApiKey(org="acme", actor=ACTOR, key="k3", sent={"id": "key-2"}, key_id="key-2")
    return [issue(1), issue(2), revoke]


def _priced(number: int, user: str = "ada") -> Any:
    quantities = {"input_tokens": 1_000 + number, "output_tokens": 50, "images": 1}
    return use(id=f"priced {number} {user}", user=user, model="m-1", quantities=quantities)
