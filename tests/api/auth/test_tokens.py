"""Tokens of OIDC issuers: what a good one opens, on both paths, and whose it is in events."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from api.container import Endpoints
from api.http.auth.issuer_keys import KEPT_S
from tests.api.auth.moments import later
from tests.api.auth.tokens import Trusting, trusting
from tests.api.problems import problem
from tests.api.served import Api, done


@pytest.fixture(scope="module")
def world(ends: Endpoints) -> Iterator[Trusting]:
    with trusting(ends) as made:
        yield made


def opens(caller: Api) -> bool:
    """Whether a token opens both by the fast path and beside it, which must agree."""
    answers = [caller.use("ada", "1"), caller.get("/v1/billing/rate-cards")]
    let_in = {each.status_code not in (401, 503) for each in answers}
    assert len(let_in) == 1, [each.text for each in answers]
    return let_in.pop()


def test_a_token_opens_its_org_in_its_role_for_its_subject(world: Trusting) -> None:
    admin = world.caller(world.token())
    for _ in range(3):
        assert done(admin.use("ada", "1"))["user"] == "ada"
    gateway = world.caller(world.token(roles=["gateways"], sub="svc-1"))
    assert done(gateway.use("ada", "1"))["user"] == "ada"
    problem(
        gateway.send("/v1/billing/deposits", {"user": "ada", "amount": 1}), 403, "forbidden", None
    )
    member = world.caller(world.token(roles="nothing members", sub="mia"))
    assert done(member.get("/v1/billing/balance"))["user"] == "mia"
    problem(member.get("/v1/billing/balance", user="ada"), 403, "forbidden", "user")


def test_the_first_role_of_the_table_that_a_token_has_is_its_role(world: Trusting) -> None:
    both = world.caller(world.token(roles=["gateways", "unknown", "admins"]))
    done(both.send("/v1/billing/deposits", {"user": "ada", "amount": 1}))


def test_a_role_of_the_orgs_own_is_found_by_its_name_and_followed(world: Trusting) -> None:
    operator = world.service.operator
    path = f"/v1/orgs/{world.org}/roles/clerk"
    caller = world.caller(world.token(roles=["clerks"]))
    for allowed in ([], ["usage:write"], []):
        if allowed:
            done(operator.send(path, {"permissions": allowed}, method="PUT"))
            done(caller.use("ada", "1"))
            problem(caller.get("/v1/billing/balance"), 403, "forbidden", None)
            done(operator.send(path, method="DELETE"))
        problem(caller.use("ada", "1"), 403, "forbidden", None)


def test_an_event_names_issuer_and_subject_and_no_two_subjects_share_an_origin(
    world: Trusting,
) -> None:
    for subject in ("7f3a", "9c1b"):
        caller = world.caller(world.token(sub=subject))
        sequence = caller.deposit("ada", "1")["sequence"]
        actor = done(caller.get(f"/v1/audit/events/{sequence}"))["actor"]
        assert (actor["subject"], actor["key_id"]) == (subject, "oidc:login")
    assert {"7f3a", "9c1b"} <= world.service.persons(world.org, "origin")


def test_claims_are_found_where_the_operator_says_they_are(world: Trusting) -> None:
    says = {
        "aud": ["https://billing.example", "somebody"],
        "tenant": {"id": "tenant-1"},
        "realm_access": {"roles": ["x", "acme billing"]},
        "https://billing.example/subject": "bob",
        "sub": None,
    }
    caller = world.caller(world.other.token(**says))
    assert done(caller.send("/v1/billing/deposits", {"amount": 1}))["user"] == "bob"
    problem(caller.use("ada", "1"), 403, "forbidden", None)
    for tenant in (
        "tenant-2",
        "platform",
        "TENANT-1",
        "",
        None,
        7,
        ["tenant-1"],
        {"id": "tenant-1"},
    ):
        caller = world.caller(world.other.token(**says | {"tenant": {"id": tenant}}))
        problem(caller.get("/v1/billing/balance"), 401, "unauthenticated", "Authorization")


def test_the_org_of_the_token_decides_and_another_looks_as_if_it_were_not_there(
    world: Trusting,
) -> None:
    other = world.service.new_org()
    caller = world.caller(world.token())
    answers = [caller.get(f"/v1/orgs/{org}") for org in (other, "no-such", "platform")]
    for answer in answers:
        problem(answer, 404, "not_found", "org")
    assert len({answer.content for answer in answers}) == 1
    named = world.service.as_holder_of(caller.secret, x_org=other)
    for answer in (named.get("/v1/billing/balance"), named.use("ada", "1")):
        problem(answer, 403, "forbidden", "X-Org")


@pytest.mark.parametrize(
    "org", ["no-such", "platform", "", None, 7, True, ["tenant-1"], {}, "x" * 99]
)
def test_an_org_that_is_none_here_opens_nothing(world: Trusting, org: object) -> None:
    caller = world.caller(world.token(org=org))
    problem(caller.get("/v1/billing/balance"), 401, "unauthenticated", "Authorization")


def test_a_token_is_known_until_it_expires_and_not_a_moment_longer(world: Trusting) -> None:
    caller = world.caller(world.token(exp=int(time.time()) + 600))
    for seconds, is_let_in in ((0, True), (620, True), (631, False)):
        with later(world.service, seconds):
            assert opens(caller) is is_let_in
            if not is_let_in:
                answer = caller.use("ada", "1")
                problem(answer, 401, "credential_expired", "Authorization")


def test_a_new_key_is_fetched_when_a_token_names_it_and_one_taken_back_opens_nothing(
    world: Trusting,
) -> None:
    before = world.caller(world.token())
    assert opens(before)
    world.issuer.rotate()
    after = world.caller(world.token())
    with world.later():
        assert opens(after)
        assert opens(before)
    world.issuer.rotate(keep=False)
    third = world.caller(world.token())
    with world.later(60):
        assert opens(third)
    assert not opens(before)
    assert not opens(after)


def test_a_flood_of_unknown_keys_asks_the_issuer_once(world: Trusting) -> None:
    claims = world.claims()
    with world.later(100):
        asked = world.issuer.asked
        for number in range(50):
            caller = world.caller(world.issuer.signed(claims, {"kid": f"unknown-{number}"}))
            answer = caller.get("/v1/billing/balance")
            problem(answer, 401, "unauthenticated", "Authorization")
        assert world.issuer.asked == asked + 1


@pytest.mark.reaches("issuer_unavailable")
def test_without_its_issuer_a_known_key_opens_and_an_unknown_one_is_to_be_sent_again(
    world: Trusting,
) -> None:
    known, fresh = world.caller(world.token()), world.caller(world.token(sub="somebody-new"))
    unknown = world.caller(world.issuer.signed(world.claims(), {"kid": "never-seen"}))
    assert opens(known)
    world.issuer.is_down = True
    try:
        with world.later(300):
            for answer in (unknown.get("/v1/billing/balance"), unknown.use("ada", "1")):
                problem(answer, 503, "issuer_unavailable", "Authorization")
                assert answer.headers["Retry-After"] == "1"
            assert opens(known)
            assert opens(fresh)
        with world.later(300 + KEPT_S):
            nobody = world.caller(world.token(sub="nobody-knows"))
            problem(nobody.get("/v1/billing/balance"), 503, "issuer_unavailable", "Authorization")
    finally:
        world.issuer.is_down = False
