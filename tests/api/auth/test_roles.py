"""Roles of an org's own: what they let do, at once and everywhere, and never more than who made
them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest

from api.container import Endpoints
from api.permissions import OF_ORGS, PERMISSIONS
from ledger.kernel.roles import Role
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done, served
from tests.api.two_paths import FRAMEWORK, both_paths

USAGE, BALANCE = "/v1/billing/usage", "/v1/billing/balance"
PATHS = ("fast", FRAMEWORK.decode())
HEARD_S = 5.0
"""By when a change was heard of everywhere, or never will be: it takes milliseconds."""


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends, front=both_paths) as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere(ends: Endpoints) -> Iterator[Served]:
    """Another service over the same database."""
    with served(ends, read_models=False, front=both_paths) as running:
        yield running


def define(admin: Api, name: str, *permissions: str) -> httpx.Response:
    path = f"/v1/orgs/{admin.org}/roles/{name}"
    return admin.send(path, {"permissions": list(permissions)}, method="PUT")


def remove(admin: Api, name: str) -> httpx.Response:
    return admin.send(f"/v1/orgs/{admin.org}/roles/{name}", method="DELETE")


def issue(admin: Api, role: str, subject: str | None = None) -> httpx.Response:
    body = {"name": "k", "role": role} | ({"subject": subject} if subject else {})
    return admin.send(f"/v1/orgs/{admin.org}/api-keys", body)


def holder(admin: Api, role: str, subject: str | None = None) -> Api:
    """Somebody whose key comes with a role."""
    return Api(admin.http, done(issue(admin, role, subject))["secret"], admin.org)


def uses(caller: Api, by: str) -> httpx.Response:
    """A debit by one of the two paths."""
    body: Json = {"id": str(time.monotonic_ns()), "user": "ada", "amount": "0.000001"}
    headers = caller.headers | {"X-Path": by}
    return caller.http.post(USAGE, json=body, headers=headers)


def until(ask: Callable[[], httpx.Response], status: int) -> None:
    deadline = time.monotonic() + HEARD_S
    while ask().status_code != status:
        assert time.monotonic() < deadline, status


@pytest.mark.parametrize("by", PATHS)
def test_a_change_is_obeyed_at_once_here_and_by_all_others_when_they_hear_of_it(
    service: Served, elsewhere: Served, admin: Api, by: str
) -> None:
    done(define(admin, "meter", "usage:write"))
    caller = holder(admin, "meter")
    there = Api(elsewhere.http, caller.secret)
    for allowed in ([], ["usage:write", "balance:read"], ["balance:read"], ["usage:write"]):
        assert uses(caller, by).status_code == uses(there, by).status_code == 201
        done(define(admin, "meter", *allowed))
        status = 201 if "usage:write" in allowed else 403
        assert uses(caller, by).status_code == status
        until(lambda: uses(there, by), status)
        done(define(admin, "meter", "usage:write"))
        until(lambda: uses(there, by), 201)


def test_a_role_is_shown_as_it_was_defined_last(admin: Api) -> None:
    path = f"/v1/orgs/{admin.org}/roles"
    done(define(admin, "b", "usage:read", "usage:read:own", "usage:read"))
    done(define(admin, "a", *OF_ORGS))
    shown = {"name": "b", "permissions": ["usage:read"]}
    assert done(admin.get(f"{path}/b")) == shown
    everything = sorted(set(OF_ORGS) - {f"{each}:own" for each in OF_ORGS})
    listed = done(admin.get(path))
    assert listed["data"] == [{"name": "a", "permissions": everything}, shown]
    assert listed["next_cursor"] is None
    for name in ("c", "admin", "a b", "\u0430"):
        problem(admin.get(f"{path}/{name}"), 404, "not_found", "name")


@pytest.mark.parametrize(
    ("permissions", "field"),
    [
        (["orgs:any"], "permissions.0"),
        (["usage:read", "orgs:write"], "permissions.1"),
        (["deposits:write:own"], "permissions.0"),  # nobody narrows deposits to one's own
        (["usage:read:own:own"], "permissions.0"),
        (["usage"], "permissions.0"),
        (["*"], "permissions.0"),
        ([["usage:read"]], "permissions.0"),
        ([None], "permissions.0"),
        ("usage:read", "permissions"),
        ({"usage:read": True}, "permissions"),
    ],
)
def test_a_role_is_of_what_an_org_may_let_do(
    service: Served, admin: Api, permissions: object, field: str
) -> None:
    before = service.events()
    path = f"/v1/orgs/{admin.org}/roles/r"
    for caller in (admin, Api(admin.http, service.operator.secret)):
        answer = caller.send(path, {"permissions": permissions}, method="PUT")
        problem(answer, 422, "invalid", field)
    assert service.events() == before


@pytest.mark.parametrize("name", [*Role, "A", "1", "a_b", "a" * 64, "%D0%B0", "a%20b", "a:own"])
def test_a_name_that_is_none_is_refused(service: Served, admin: Api, name: str) -> None:
    before = service.events()
    problem(define(admin, name, "usage:read"), 422, "invalid", "name")
    assert service.events() == before


def test_nobody_gives_more_than_they_may_do_themselves(service: Served, admin: Api) -> None:
    own = ["api-keys:write", "roles:write", "usage:write", "usage:read:own"]
    done(define(admin, "clerk", *own))
    clerk = holder(admin, "clerk", "mia")
    before = service.events()
    for more in ("usage:read", "usage:read:own", "deposits:write", "persons:erase"):
        problem(define(clerk, "new", "usage:write", more), 403, "forbidden", "permissions")
        problem(define(clerk, "clerk", *own, more), 403, "forbidden", "permissions")
    for role in ("admin", "billing", "gateway", "auditor", "member", "operator", "clerk"):
        problem(issue(clerk, role, "mia"), 403, "forbidden", "role")
    admins = done(admin.get(f"/v1/orgs/{admin.org}/api-keys"))["data"][0]["id"]
    rotate = f"/v1/orgs/{admin.org}/api-keys/{admins}/rotate"
    problem(clerk.send(rotate, {"overlap": 60}), 403, "forbidden", "role")
    assert service.events() == before
    done(define(clerk, "new", "usage:write"))
    assert uses(holder(clerk, "new"), "fast").status_code == 201
    done(define(clerk, "clerk", "roles:write"))  # less of one's own, for good
    problem(define(clerk, "clerk", *own), 403, "forbidden", "permissions")
    problem(issue(clerk, "new"), 403, "forbidden", None)


def test_a_role_of_ones_own_is_somebodys_and_narrowed_to_them(admin: Api) -> None:
    admin.deposit("mia", "2")
    done(define(admin, "self", "balance:read:own"))
    problem(issue(admin, "self"), 422, "invalid", "subject")
    mia = holder(admin, "self", "mia")
    assert done(mia.get(BALANCE))["available"] == "2"
    problem(mia.get(BALANCE, user="ada"), 403, "forbidden", "user")
    done(define(admin, "wide", "transactions:read"))
    nobody = holder(admin, "wide")
    assert done(nobody.get("/v1/billing/transactions"))["data"]
    done(define(admin, "wide", "transactions:read:own"))  # of whom has nobody said
    problem(nobody.get("/v1/billing/transactions"), 403, "forbidden", None)


def test_a_role_that_a_key_comes_with_is_not_removed_and_the_keys_are_named(
    service: Served, admin: Api
) -> None:
    done(define(admin, "clerk", "balance:read"))
    key = done(issue(admin, "clerk"))["id"]
    before = service.events()
    assert key in problem(remove(admin, "clerk"), 409, "conflict", "name")["detail"]
    assert service.events() == before
    done(admin.send(f"/v1/orgs/{admin.org}/api-keys/{key}", method="DELETE"))
    done(remove(admin, "clerk"))
    problem(remove(admin, "clerk"), 404, "not_found", "name")
    problem(issue(admin, "clerk"), 422, "invalid", "role")


def test_another_orgs_role_is_none_here(service: Served, admin: Api) -> None:
    other = service.new_admin()
    done(define(other, "clerk", "balance:read"))
    problem(issue(admin, "clerk"), 422, "invalid", "role")
    problem(remove(admin, "clerk"), 404, "not_found", "name")
    path = f"/v1/orgs/{other.org}/roles"
    answers = [admin.get(path), admin.get("/v1/orgs/no-such/roles")]
    for answer in answers:
        problem(answer, 404, "not_found", "org")
    assert answers[0].content == answers[1].content


def test_the_platform_has_no_roles_of_its_own(service: Served) -> None:
    path = "/v1/orgs/platform/roles/clerk"
    body = {"permissions": ["usage:read"]}
    problem(service.operator.send(path, body, method="PUT"), 409, "conflict", "org")


def test_a_directory_that_was_changed_allows_nothing(
    service: Served, elsewhere: Served, admin: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """It is compared with the last event of the roles, in the chain of the org."""
    done(define(admin, "clerk", "balance:read"))
    caller = holder(admin, "clerk")
    with psycopg.connect(service.ends.database.writer, autocommit=True) as writer:
        writer.execute(
            "UPDATE tally.role_books SET roles = "
            """'{"clerk":["adjustments:write","balance:read"]}' WHERE org = %s""",
            [admin.org],
        )
    there = Api(elsewhere.http, caller.secret)
    problem(there.get(BALANCE, user="ada"), 403, "forbidden", None)
    body = {"user": "ada", "amount": 1, "reason": "x"}
    problem(there.send("/v1/billing/adjustments", body), 403, "forbidden", None)
    assert f"ALARM: the roles of {admin.org}" in caplog.text
    done(define(admin, "other", "balance:read"))  # the next event puts the directory right
    until(lambda: there.get(BALANCE, user="ada"), 200)


def test_what_an_admin_may_is_what_an_org_may_let_do() -> None:
    assert {each.removesuffix(":own") for each in OF_ORGS} == PERMISSIONS[Role.ADMIN]
