"""When a key was last used: noted without a write, written together, shown to who lists keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from adapters.postgres.key_uses import PostgresKeyUses
from api.http.auth.credentials import CredentialCache
from api.http.auth.key_uses import USES_MAX, Key, KeyUses
from ledger.kernel.errors import Unavailable
from ledger.kernel.times import format_time
from tests.api.served import Api, Json, Served, done


def uses_of(service: Served) -> KeyUses:
    credentials = service.service.credentials
    assert isinstance(credentials, CredentialCache)
    return credentials._uses


def shown(admin: Api, key: Json) -> str | None:
    found = done(admin.get(f"/v1/orgs/{admin.org}/api-keys"))["data"]
    (used,) = [each["last_used_at"] for each in found if each["id"] == key["id"]]
    return None if used is None else str(used)


class Kept:
    """A store in memory, which may take nothing."""

    def __init__(self) -> None:
        self.fails = False
        self.times = 0
        self.kept: dict[Key, int] = {}

    def put(self, uses: Mapping[Key, int]) -> None:
        if self.fails:
            raise Unavailable("the database does not answer.")
        self.times += 1
        self.kept.update(uses)

    def close(self) -> None:
        pass


def test_a_hundred_uses_are_at_most_one_write_and_are_shown_when_they_are_written(
    service: Served, admin: Api
) -> None:
    body = {"name": "gw", "role": "gateway"}
    key = done(admin.send(f"/v1/orgs/{admin.org}/api-keys", body))
    assert key["last_used_at"] is None
    gateway, uses, kept = service.as_holder_of(key["secret"]), uses_of(service), Kept()
    store, uses._store = uses._store, kept
    began_us = service.service.clock()
    for _ in range(100):
        done(gateway.use("ada", "1"))
    done(gateway.get("/v1/billing/balance"))
    assert kept.times <= 1  # every 10 s one
    assert shown(admin, key) is None
    uses._store = store
    done(gateway.get("/v1/billing/rate-cards"))
    asyncio.run(uses.write())
    used = shown(admin, key)
    assert used is not None
    assert format_time(began_us) <= used <= format_time(service.service.clock())


def test_a_refused_credential_is_not_used(service: Served, admin: Api) -> None:
    keys = f"/v1/orgs/{admin.org}/api-keys"
    key = done(admin.send(keys, {"name": "gw", "role": "gateway"}))
    done(admin.send(f"{keys}/{key['id']}", method="DELETE"))
    assert service.as_holder_of(key["secret"]).get("/v1/billing/balance").status_code == 401
    asyncio.run(uses_of(service).write())
    assert shown(admin, key) is None


def test_of_two_processes_the_later_use_counts(service: Served, admin: Api) -> None:
    store = PostgresKeyUses(service.ends.database.writer)
    key = done(admin.send(f"/v1/orgs/{admin.org}/api-keys", {"name": "gw", "role": "gateway"}))
    try:
        for moment in (2_000_000, 3_000_000, 1_000_000):
            store.put({(str(admin.org), key["id"]): moment})
    finally:
        store.close()
    assert shown(admin, key) == format_time(3_000_000)


def test_what_the_database_does_not_take_is_written_the_next_time_and_bounded() -> None:
    store = Kept()
    store.fails = True
    moments = iter(range(10, 10 + 2 * USES_MAX))
    uses = KeyUses(store, lambda: next(moments))
    uses.note("acme", "one")
    asyncio.run(uses.write())
    uses.note("acme", "two")
    store.fails = False
    asyncio.run(uses.close())
    assert store.kept == {("acme", "one"): 10, ("acme", "two"): 11}
    for number in range(USES_MAX + 5):
        uses.note("acme", str(number))
    asyncio.run(uses.write())
    assert len(store.kept) == USES_MAX + 2
