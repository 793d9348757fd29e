"""A credential opens only what an event of the chain says, whatever its row says."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from api.container import Endpoints
from api.http.auth.credentials import CredentialCache
from api.queries.reader import Reader, Row
from ledger.kernel.chain import GENESIS, Entry, Head, extend
from ledger.kernel.ids import PLATFORM
from ledger.tenancy.api_key import hash_of
from tests.api.problems import problem
from tests.api.served import Served, done, served

SECRET = "tally_live_of-nobody"
ROW = "INSERT INTO tally.api_keys VALUES (%s, %s, 'n', %s, NULL, %s, 1, false)"


@pytest.fixture
def fresh(ends: Endpoints) -> Iterator[Served]:
    """A second process, which has seen nobody yet."""
    with served(ends, read_models=False) as running:
        yield running


def opens(service: Served, secret: str) -> bool:
    answer = service.as_holder_of(secret).get("/v1/billing/rate-cards")
    if answer.status_code != 401:
        return True
    problem(answer, 401, "unauthenticated", "Authorization")
    return False


def as_writer(service: Served, statement: str, *parameters: object) -> None:
    with psycopg.connect(service.ends.database.writer, autocommit=True) as writer:
        writer.execute(statement, parameters)


def as_superuser(service: Served, statement: str, *parameters: object) -> None:
    with psycopg.connect(service.ends.database.owner, autocommit=True) as owner:
        owner.execute(statement, parameters)


def row_of(service: Served, secret: str) -> dict[str, Any]:
    with psycopg.connect(service.ends.database.owner, row_factory=dict_row) as owner:
        found = owner.execute(
            "SELECT * FROM tally.api_keys WHERE secret_hash = %s", [hash_of(secret)]
        ).fetchone()
        assert found is not None
        return found


@pytest.mark.parametrize("org", [PLATFORM, "acme"])
@pytest.mark.parametrize("role", ["operator", "admin"])
def test_a_row_without_its_event_opens_nothing(service: Served, org: str, role: str) -> None:
    secret = f"{SECRET}-{org}-{role}"
    as_writer(service, ROW, org, f"forged-{role}", role, hash_of(secret))
    assert not opens(service, secret)


@pytest.mark.parametrize("gap", [1, 2, 1_000])
def test_an_event_that_was_not_appended_proves_nothing(service: Served, gap: int) -> None:
    """It has a hash, and the right one: but the chain does not come to it."""
    org, secret, key = service.new_org(), f"{SECRET}-{gap}", f"forged-{gap}"
    with psycopg.connect(service.ends.database.writer, autocommit=True) as writer:
        row = writer.execute(
            "SELECT sequence, hash, recorded_us FROM tally.heads WHERE org = %s", [org]
        ).fetchone()
        head = Head(*row) if row else Head(0, GENESIS, 1)
        body = {"fingerprint": "f", "name": "n", "role": "admin", "secret_hash": hash_of(secret)}
        entry = Entry(
            *(org, f"api-key/{key}", 1, "tenancy.ApiKeyIssued", head.recorded_us, "{}", ""),
            json.dumps(body).encode(),
        )
        before = Head(head.sequence + gap - 1, head.hash, head.recorded_us)
        (link,) = extend({org: before}, [entry])
        fields = (*entry[:1], link.sequence, *entry[1:], link.hash)
        writer.execute(
            "INSERT INTO tally.events (org, sequence, stream, version, type, recorded_us, actor, "
            "idempotency_key, body, hash, position) SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
            "position + 5000 FROM tally.shard",
            fields,
        )
        writer.execute(ROW, [org, key, "admin", hash_of(secret)])
        assert not opens(service, secret)
    as_superuser(service, "ALTER TABLE tally.events DISABLE TRIGGER ALL")
    as_superuser(service, "DELETE FROM tally.events WHERE stream = %s", f"api-key/{key}")
    as_superuser(service, "ALTER TABLE tally.events ENABLE TRIGGER ALL")


CHANGED = {
    "role": "'operator'",
    "subject": "'somebody-else'",
    "id": "id || '-other'",
    "org": "'platform'",
    "revoked": "false",
    "expires_us": "coalesce(expires_us, 0) + 4000000000000000",
    "expires_us withdrawn": "NULL",
}


def forget(service: Served, secret: str) -> None:
    """Have a process look a secret up again."""
    credentials = service.service.credentials
    assert isinstance(credentials, CredentialCache)
    credentials._found.forget(hash_of(secret))


@pytest.mark.parametrize("column", CHANGED)
def test_a_row_that_was_changed_opens_nothing(service: Served, fresh: Served, column: str) -> None:
    """Also not in a process that knew it: it looks again when the row says something else."""
    caller = service.issue(service.new_org(), "gateway")
    secret = str(caller.secret)
    key = row_of(service, secret)
    path = f"/v1/orgs/{key['org']}/api-keys/{key['id']}"
    if column == "revoked":
        done(service.operator.send(path, method="DELETE"))
    if column == "expires_us withdrawn":
        done(service.operator.send(f"{path}/rotate", {"overlap": 3600}))
        assert opens(service, secret)
    changed = f"{column.partition(' ')[0]} = {CHANGED[column]}"
    as_superuser(
        service,
        f"UPDATE tally.api_keys SET {changed} WHERE secret_hash = %s",
        hash_of(secret),
    )
    assert not opens(fresh, secret)
    forget(service, secret)
    assert not opens(service, secret)


def test_a_revocation_that_is_taken_back_after_it_was_seen_opens_nothing(
    service: Served, fresh: Served
) -> None:
    caller = service.issue(service.new_org(), "gateway")
    secret = str(caller.secret)
    key = row_of(service, secret)
    assert opens(fresh, secret)
    path = f"/v1/orgs/{key['org']}/api-keys/{key['id']}"
    done(service.operator.send(path, method="DELETE"))
    forget(fresh, secret)
    assert not opens(fresh, secret)
    as_superuser(service, "UPDATE tally.api_keys SET revoked = false WHERE id = %s", key["id"])
    assert not opens(fresh, secret)


@pytest.mark.parametrize("events_after", [0, 1, 5])
def test_what_events_made_opens_wherever_it_stands_in_the_chain(
    service: Served, fresh: Served, events_after: int
) -> None:
    org = service.new_org()
    first, last = service.issue(org, "admin"), service.issue(org, "auditor", "ann")
    for _ in range(events_after):
        first.deposit("ada", "1")
    for caller in (first, last):
        assert opens(fresh, str(caller.secret))


class Overtaken(Reader):
    """Has something happen right after the row of a credential was read, once."""

    def __init__(self, reader: Reader, happens: Callable[[], object]) -> None:
        super().__init__(reader._pool, reader.limit_s)
        self._happens: Callable[[], object] | None = happens

    async def at_once(self, name: str, parameters: Mapping[str, object]) -> list[Row]:
        rows = await super().at_once(name, parameters)
        happens, self._happens = self._happens, None
        if happens is not None:
            await asyncio.to_thread(happens)
        return rows


@pytest.mark.parametrize("change", ["rotate", "revoke"])
def test_what_changes_between_its_row_and_its_events_is_read_again_and_no_alarm(
    service: Served, fresh: Served, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = str(service.issue(service.new_org(), "gateway").secret)
    key = row_of(service, secret)
    path = f"/v1/orgs/{key['org']}/api-keys/{key['id']}"

    def happens() -> None:
        if change == "rotate":
            done(service.operator.send(f"{path}/rotate", {"overlap": 3600}))
        else:
            done(service.operator.send(path, method="DELETE"))

    credentials = fresh.service.credentials
    assert isinstance(credentials, CredentialCache)
    credentials._reader = Overtaken(credentials._reader, happens)
    with caplog.at_level(logging.ERROR):
        assert opens(fresh, secret) == (change == "rotate")
    assert not caplog.records
