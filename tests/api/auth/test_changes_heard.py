"""What one service changes of a key, another on the same database obeys within a second."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import psycopg
import pytest

from api.container import Endpoints
from api.http.auth.credentials import CredentialCache
from tests.api.served import Api, Served, done, served

WITHIN_S = 1.0
LISTENING = (
    "SELECT pid FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'tallystick credential changes'"
)


@pytest.fixture(scope="module")
def other(ends: Endpoints, service: Served) -> Iterator[Served]:
    """A second service on the same database."""
    with served(ends, read_models=False) as running:
        yield running


def hears(service: Served) -> bool:
    credentials = service.service.credentials
    assert isinstance(credentials, CredentialCache)
    return credentials._heard_at > time.monotonic() - 0.5


def wait_until_hearing(*services: Served) -> None:
    deadline = time.monotonic() + 90
    while not all(map(hears, services)):
        assert time.monotonic() < deadline, "nothing is heard of changes"
        time.sleep(0.01)


def known_by(other: Served, admin: Api) -> tuple[Api, str]:
    """A key that the other service knows, on the fast path and beside it; and its path."""
    keys = f"/v1/orgs/{admin.org}/api-keys"
    issued = done(admin.send(keys, {"name": "gw", "role": "gateway"}))
    caller = other.as_holder_of(issued["secret"])
    for _ in range(2):
        done(caller.use("ada", "1"))
        done(caller.get("/v1/billing/rate-cards"))
    return caller, f"{keys}/{issued['id']}"


def refuses_in_time(caller: Api, changed_at: float) -> None:
    """Nothing that is asked a second later is let in, on either path."""
    while True:
        asked_at = time.monotonic()
        answers = [caller.use("ada", "1"), caller.get("/v1/billing/rate-cards")]
        if {each.status_code for each in answers} == {401}:
            break
        assert asked_at < changed_at + WITHIN_S


def listening(ends: Endpoints) -> set[int]:
    """The processes of the database that tell services of changes."""
    with psycopg.connect(ends.database.owner) as owner:
        return {pid for (pid,) in owner.execute(LISTENING).fetchall()}


def test_a_key_revoked_by_one_service_opens_nothing_at_the_other(
    other: Served, admin: Api, service: Served
) -> None:
    wait_until_hearing(service, other)
    caller, path = known_by(other, admin)
    done(admin.send(path, method="DELETE"))
    refuses_in_time(caller, time.monotonic())


def test_a_key_rotated_without_overlap_opens_nothing_at_the_other(
    other: Served, admin: Api
) -> None:
    caller, path = known_by(other, admin)
    new = done(admin.send(f"{path}/rotate", {"overlap": 0}))
    refuses_in_time(caller, time.monotonic())
    done(other.as_holder_of(new["secret"]).use("ada", "1"))


def test_a_key_revoked_while_the_line_is_cut_opens_nothing(
    other: Served, admin: Api, ends: Endpoints
) -> None:
    caller, path = known_by(other, admin)
    with psycopg.connect(ends.database.owner, autocommit=True) as owner:
        for pid in listening(ends):
            owner.execute("SELECT pg_terminate_backend(%s)", [pid])
        done(admin.send(path, method="DELETE"))
    refuses_in_time(caller, time.monotonic())


def test_a_key_revoked_while_the_line_says_nothing_opens_nothing(
    other: Served, admin: Api, ends: Endpoints, service: Served
) -> None:
    """A line that is open and dead: its process at the database does not run."""
    wait_until_hearing(service, other)
    caller, path = known_by(other, admin)
    stopped = listening(ends)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        done(admin.send(path, method="DELETE"))
        refuses_in_time(caller, time.monotonic())
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def test_what_was_known_before_the_line_was_lost_is_asked_again_when_it_is_back(
    other: Served, admin: Api
) -> None:
    credentials = other.service.credentials
    assert isinstance(credentials, CredentialCache)
    wait_until_hearing(other)
    known_by(other, admin)
    known = [credential for _, credential in credentials._found.items()]
    assert any(map(credentials.is_current, known))
    credentials.began()
    assert not any(map(credentials.is_current, known))


def test_only_a_commit_that_changes_a_key_notifies(service: Served, ends: Endpoints) -> None:
    with psycopg.connect(ends.database.query, autocommit=True) as listener:
        listener.execute("LISTEN tally_credentials")
        admin = service.new_admin()
        admin.deposit("ada", "1")
        done(admin.use("ada", "1"))
        keys = f"/v1/orgs/{admin.org}/api-keys"
        issued = done(admin.send(keys, {"name": "gw", "role": "gateway"}))
        done(admin.send(f"{keys}/{issued['id']}", method="DELETE"))
        told = [each.payload for each in listener.notifies(timeout=10, stop_after=1)]
    assert told == [f"{admin.org} {issued['id']}"]
