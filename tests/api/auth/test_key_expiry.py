"""API keys that expire and are rotated: the end is obeyed to the moment, the overlap by both."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.times import format_time
from tests.api.auth.moments import HOUR_S, later
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

USE = {"user": "ada", "amount": 1}


def in_hours(service: Served, hours: float) -> str:
    return format_time(service.service.clock() + int(hours * HOUR_S * 1_000_000))


def issued(admin: Api, **more: Any) -> Json:
    body = {"name": "gw", "role": "gateway", **more}
    return done(admin.send(f"/v1/orgs/{admin.org}/api-keys", body))


def rotated(admin: Api, key: Json, overlap: int, **more: Any) -> Json:
    path = f"/v1/orgs/{admin.org}/api-keys/{key['id']}/rotate"
    return done(admin.send(path, {"overlap": overlap, **more}))


def listed(admin: Api) -> dict[str, Json]:
    found = done(admin.get(f"/v1/orgs/{admin.org}/api-keys"))["data"]
    return {each["id"]: each for each in found}


def is_let_in(service: Served, key: Json) -> bool:
    """Whether a key opens both by the fast path and beside it, which must agree."""
    caller = service.as_holder_of(key["secret"])
    answers = [caller.use("ada", "1"), caller.get("/v1/billing/rate-cards")]
    opens = {each.is_success for each in answers}
    assert len(opens) == 1, [each.text for each in answers]
    return opens.pop()


def refused_as_expired(service: Served, key: Json) -> None:
    caller = service.as_holder_of(key["secret"])
    for answer in (caller.use("ada", "1"), caller.get("/v1/billing/rate-cards")):
        problem(answer, 401, "credential_expired", "Authorization")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.reaches("credential_expired")
def test_a_key_opens_until_it_expires_and_a_caller_that_was_known_not_a_moment_longer(
    service: Served, admin: Api
) -> None:
    key = issued(admin, expires_at=in_hours(service, 1))
    for _ in range(2):
        assert is_let_in(service, key)
    with later(service, 0.99 * HOUR_S):
        assert is_let_in(service, key)
    with later(service, 1 * HOUR_S):
        before = service.events()
        refused_as_expired(service, key)
        assert service.events() == before
    assert listed(admin)[key["id"]]["expires_at"] == key["expires_at"]


@pytest.mark.parametrize("hours", [-1, -0.0001, 0])
def test_an_expiry_that_has_passed_is_refused(service: Served, admin: Api, hours: float) -> None:
    body = {"name": "gw", "role": "gateway", "expires_at": in_hours(service, hours)}
    path = f"/v1/orgs/{admin.org}/api-keys"
    problem(admin.send(path, body), 422, "invalid", "expires_at")
    key = issued(admin)
    rotation: Json = {"overlap": 60, "expires_at": in_hours(service, hours)}
    problem(admin.send(f"{path}/{key['id']}/rotate", rotation), 422, "invalid", "expires_at")
    assert is_let_in(service, key)


def test_two_keys_overlap_until_the_end_that_was_named(service: Served, admin: Api) -> None:
    old = issued(admin, subject="ada")
    new = rotated(admin, old, 3600)
    assert new["replaces"] == old["id"]
    assert {new[name] == old[name] for name in ("name", "role", "subject")} == {True}
    assert new["expires_at"] is None
    assert [is_let_in(service, key) for key in (old, new)] == [True, True]
    with later(service, 1.01 * HOUR_S):
        refused_as_expired(service, old)
        assert is_let_in(service, new)
    assert listed(admin)[old["id"]]["expires_at"] == new["replaced_until"]


def test_without_overlap_the_old_key_is_revoked_by_the_same_commit(
    service: Served, admin: Api
) -> None:
    old = issued(admin)
    assert is_let_in(service, old)
    new = rotated(admin, old, 0)
    assert [is_let_in(service, key) for key in (old, new)] == [False, True]
    assert listed(admin)[old["id"]]["revoked"] is True


def test_a_rotation_never_prolongs_the_old_key_and_the_new_one_lives_as_long(
    service: Served, admin: Api
) -> None:
    old = issued(admin, expires_at=in_hours(service, 1))
    new = rotated(admin, old, 86_400)
    assert new["replaced_until"] == old["expires_at"]
    assert new["expires_at"] > old["expires_at"]
    with later(service, 0.9 * HOUR_S):
        assert is_let_in(service, new)
    with later(service, 1.1 * HOUR_S):
        refused_as_expired(service, new)
    chosen = in_hours(service, 50)
    assert rotated(admin, new, 60, expires_at=chosen)["expires_at"] == chosen


def test_a_rotation_sent_again_is_one_rotation_and_the_secret_is_not_shown_again(
    service: Served, admin: Api
) -> None:
    old = issued(admin)
    path, body = f"/v1/orgs/{admin.org}/api-keys/{old['id']}/rotate", {"overlap": 60}
    first = done(admin.send(path, body, key="once"))
    again = admin.send(path, body, key="once")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert done(again) == first | {"secret": None}
    problem(
        admin.send(path, {"overlap": 61}, key="once"),
        422,
        "idempotency_key_reused",
        "Idempotency-Key",
    )
    assert len(listed(admin)) == 3


def test_what_has_ended_or_has_a_successor_is_not_rotated(service: Served, admin: Api) -> None:
    keys = f"/v1/orgs/{admin.org}/api-keys"
    old, revoked, expired = (
        issued(admin),
        issued(admin),
        issued(admin, expires_at=in_hours(service, 1)),
    )
    rotated(admin, old, 60)
    done(admin.send(f"{keys}/{revoked['id']}", method="DELETE"))
    service.let_pass(str(admin.org), 3_700)
    for key in (old, revoked, expired):
        answer = admin.send(f"{keys}/{key['id']}/rotate", {"overlap": 60})
        problem(answer, 409, "conflict", "id")
    unknown = admin.send(f"{keys}/key_{'0' * 24}/rotate", {"overlap": 60})
    problem(unknown, 404, "not_found", "id")


@pytest.mark.parametrize("overlap", [-1, 30 * 86_400 + 1, 1.5, "60", True, None])
def test_an_overlap_is_whole_seconds_within_bounds(admin: Api, overlap: object) -> None:
    path = f"/v1/orgs/{admin.org}/api-keys/key_{'0' * 24}/rotate"
    problem(admin.send(path, {"overlap": overlap}), 422, "invalid", "overlap")


def test_an_expired_credential_is_counted_among_the_refusals_and_says_whose_it_was(
    service: Served, admin: Api
) -> None:
    key = issued(admin, expires_at=in_hours(service, 1))
    with later(service, 2 * HOUR_S):
        refused_as_expired(service, key)
    assert service.service.access_log.flush()
    found = done(admin.get("/v1/audit/refusals"))["data"]
    assert {(each["code"], each["key_id"]) for each in found} == {("credential_expired", key["id"])}


def test_a_secret_that_is_nobodys_learns_nothing_of_expiry(service: Served) -> None:
    stranger = service.as_holder_of("tally_live_of-nobody-at-all")
    problem(stranger.get("/v1/billing/balance"), 401, "unauthenticated", "Authorization")
