"""The matrix of who may do what: every operation, asked for by every kind of caller, as the table
of permissions says, before the framework and through it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import pytest

from api.container import Endpoints
from api.http.app import create_app
from api.http.auth.needs import RequiresOnPath, RequiresSomewhere, need_of
from api.http.fast_path.routes import FastPath
from api.http.permission_table import permission_of
from api.http.routers import routes
from api.permissions import OF_ORGS, PERMISSIONS
from ledger.kernel.roles import Role
from ledger.kernel.times import format_time
from tests.api.auth.moments import HOUR_S, later
from tests.api.auth.requests import ME, OTHER, OWN, Asked, Things, asked, things_of
from tests.api.problems import problem
from tests.api.served import Api, Served, done, served
from tests.api.two_paths import FRAMEWORK, both_paths

ROUTES = dict(routes())
NEEDED = {
    name: permission for name, route in ROUTES.items() if (permission := permission_of(route))
}
ON_PATH = [name for name in NEEDED if isinstance(need_of(ROUTES[name].endpoint), RequiresOnPath)]
SOMEWHERE = {
    name for name in NEEDED if isinstance(need_of(ROUTES[name].endpoint), RequiresSomewhere)
}
OF_IDS = [name for name in NEEDED if "{" in name and name not in ON_PATH]
"""What is asked for by an id within the caller's org."""

GATEWAYS = sorted(PERMISSIONS[Role.GATEWAY])

IDS = (
    "{cart}",
    "hold_id",
    "transaction_id",
    "key_id",
    "{webhook}",
    "{purchase}",
    "{refund}",
    "{dispute}",
)
PATHS = ("fast", FRAMEWORK.decode())
FAST = (
    *("POST /v1/billing/usage", "POST /v1/billing/usage/batch", "GET /v1/billing/balance"),
    *("POST /v1/billing/holds", "POST /v1/billing/holds/{hold_id}/capture"),
    *("POST /v1/billing/holds/{hold_id}/extend", "POST /v1/stock/reservations"),
)
"""What the fast path answers itself: every other operation it hands on, so that both are one."""


def cells(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return operations, each with the paths that it can go by."""
    return [(name, by) for name in names for by in (PATHS if name in FAST else PATHS[:1])]


class World(NamedTuple):
    """A service by two paths, an org with one caller of each role, and another org."""

    service: Served
    things: Things
    callers: dict[Role, Api]
    unknown: dict[str, Api]
    expired: Api
    own_role: Api
    """Whoever has the role `own` of the org, of which each test says what it lets do."""

    others: Things
    stranger: Api
    """An admin of the other org."""


@pytest.fixture(scope="module")
def world(ends: Endpoints) -> Iterator[World]:
    with served(ends, front=both_paths) as service:
        org = service.new_org()
        for _ in range(30):  # so that the other org has no transaction with the ids of this one
            service.issue(org, "auditor")
        things, others = things_of(service, org), things_of(service, service.new_org())
        callers: dict[Role, Api] = {
            role: service.issue(org, role, OWN) for role in Role if role != Role.OPERATOR
        }
        callers[Role.OPERATOR] = service.operator_of(org)
        unknown = {
            "anonymous": service.as_holder_of(None),
            "not ours": service.as_holder_of("tally_live_nobodys"),
            "revoked": _revoked(service, org),
        }
        expired = service.issue(org, "admin", expires_at=in_an_hour(service))
        let_do(callers[Role.ADMIN])
        own_role = service.issue(org, OWN_ROLE, OWN)
        stranger = service.issue(others.org, "admin")
        yield World(service, things, callers, unknown, expired, own_role, others, stranger)


def in_an_hour(service: Served) -> str:
    return format_time(service.service.clock() + HOUR_S * 1_000_000)


OWN_ROLE = "own"


def let_do(admin: Api, *permissions: str) -> None:
    """Have the role of the org's own let do just this."""
    path = f"/v1/orgs/{admin.org}/roles/{OWN_ROLE}"
    done(admin.send(path, {"permissions": [*permissions]}, method="PUT"))


def _revoked(service: Served, org: str) -> Api:
    """A caller whose key was good a moment ago, on both paths, and is revoked."""
    path = f"/v1/orgs/{org}/api-keys"
    issued = done(service.operator.send(path, {"name": "x", "role": "admin"}))
    caller = service.as_holder_of(issued["secret"])
    for by in PATHS:
        done(ask(caller, "GET /v1/billing/balance", "/v1/billing/balance", Asked(), by))
    done(service.operator.send(f"{path}/{issued['id']}", method="DELETE"))
    return caller


def ask(caller: Api, name: str, path: str, what: Asked, by: str) -> httpx.Response:
    """Ask for an operation by one of the two paths."""
    method, _ = name.split()
    headers = caller.headers | {"X-Path": by, "Idempotency-Key": str(uuid.uuid4())}
    return caller.http.request(
        method, path, params=dict(what.query), json=what.body, headers=headers
    )


def request(world: World, name: str, caller: Api, by: str, user: str = OTHER) -> httpx.Response:
    """Ask for what an operation is about in the org of the world, of a user's."""
    what = asked(name)
    if what.user == "user":
        what = what._replace(query={**what.query, "user": user})
    if what.user == "body":
        what = what._replace(body={**(what.body or {}), "user": user})
    if name in ON_PATH:
        caller = Api(caller.http, caller.secret)
    if what.body is None and not name.startswith("GET"):
        path = world.things.path(name.split()[1], user)
        path += f"?{urlencode(what.query)}" if what.query else ""
        return caller.send(path, method=name.split(maxsplit=1)[0])
    return ask(caller, name, world.things.path(name.split()[1], user), what, by)


def is_let_in(answer: httpx.Response) -> bool:
    """Tell whether a request came to be decided, whatever was decided then."""
    if answer.status_code in (401, 403):
        return False
    hidden = answer.status_code == 404 and answer.json().get("field") in ("X-Org", "org")
    return (answer.status_code < 500 and not hidden) or answer.json()["code"] == "not_sealed"


WITHOUT_A_CREDENTIAL = {
    *("GET /healthz", "GET /readyz", "POST /webhooks/stripe"),
    "GET /downloads/{org}/{grant}",  # the link itself is signed
}


def test_every_operation_is_in_the_matrix() -> None:
    assert ROUTES.keys() - NEEDED.keys() == WITHOUT_A_CREDENTIAL
    assert len(NEEDED) > 45


def test_an_operation_that_is_not_fast_is_handed_on(world: World) -> None:
    front = FastPath(create_app(world.service.service), world.service.service)
    for name in NEEDED:
        method, template = name.split()
        path = world.things.path(template)
        scope = {"type": "http", "method": method, "path": path, "query_string": b""}
        assert (front.route_of(scope)[0] is not None) == (name in FAST), name


@pytest.mark.parametrize(("name", "by"), cells(NEEDED))
@pytest.mark.reaches("unauthenticated")
def test_nobody_is_let_in_without_a_credential_that_opens(world: World, name: str, by: str) -> None:
    before = world.service.events()
    for caller in world.unknown.values():
        problem(request(world, name, caller, by), 401, "unauthenticated", "Authorization")
    assert world.service.events() == before


@pytest.mark.parametrize(("name", "by"), cells(NEEDED))
def test_each_role_is_let_in_where_the_table_says(world: World, name: str, by: str) -> None:
    permission = NEEDED[name]
    for role, caller in world.callers.items():
        before = world.service.events()
        answer = request(world, name, caller, by)
        if role in permission.roles:
            assert is_let_in(answer), (role, answer.text)
        elif role in permission.own:
            _is_narrowed(world, name, caller, by, answer)
        else:
            problem(answer, 403, "forbidden", None)
            assert world.service.events() == before, role


@pytest.mark.parametrize(("name", "by"), cells(NEEDED))
def test_a_role_of_the_orgs_own_is_let_in_by_what_it_lets_do_and_by_nothing_else(
    world: World, name: str, by: str
) -> None:
    needed, admin, caller = NEEDED[name].name, world.callers[Role.ADMIN], world.own_role
    for_own = f"{needed}:own"
    let_do(admin, *[each for each in OF_ORGS if each not in (needed, for_own)])
    before = world.service.events()
    problem(request(world, name, caller, by), 403, "forbidden", None)
    assert world.service.events() == before
    if for_own in OF_ORGS:
        let_do(admin, for_own)
        _is_narrowed(world, name, caller, by, request(world, name, caller, by))
    if needed in OF_ORGS:
        # to make a key, one may do what it may
        let_do(admin, needed, *(GATEWAYS if needed == "api-keys:write" else ()))
        assert is_let_in(request(world, name, caller, by))


@pytest.mark.parametrize(("name", "by"), cells(NEEDED))
def test_a_key_that_has_expired_lets_nobody_in(world: World, name: str, by: str) -> None:
    before = world.service.events()
    with later(world.service, HOUR_S):
        answer = request(world, name, world.expired, by)
    problem(answer, 401, "credential_expired", "Authorization")
    assert world.service.events() == before


def _is_narrowed(world: World, name: str, caller: Api, by: str, others: httpx.Response) -> None:
    """Somebody else's is refused, or is not there; one's own is."""
    if asked(name).user == ME:
        assert is_let_in(others)
    elif asked(name).user in ("user", "body"):
        problem(others, 403, "forbidden", "user")
    else:
        problem(others, 404, "not_found", "id")
    assert is_let_in(request(world, name, caller, by, OWN))


@pytest.mark.parametrize(("name", "by"), cells(sorted(NEEDED.keys() - {"GET /metrics"})))
def test_a_tenant_that_names_an_org_is_refused_even_if_it_is_its_own(
    world: World, name: str, by: str
) -> None:
    before = world.service.events()
    for org in (world.things.org, world.others.org, "no-such"):
        for caller in (world.stranger, world.callers[Role.MEMBER], world.callers[Role.GATEWAY]):
            named = Api(caller.http, caller.secret, x_org=org)
            what = asked(name)
            path = world.things.path(name.split()[1])
            problem(ask(named, name, path, what, by), 403, "forbidden", "X-Org")
    assert world.service.events() == before


@pytest.mark.parametrize("name", ON_PATH)
def test_the_path_of_another_org_is_answered_as_that_of_none(world: World, name: str) -> None:
    _, template = name.split()
    what, before = asked(name), world.service.events()
    answers = [
        ask(world.stranger, name, template.format(**ids | {"org": org}), what, "fast")
        for org in (world.things.org, "no-such", "platform")
        for ids in (world.things.ids[OTHER], world.others.ids[OTHER])
    ]
    for answer in answers:
        problem(answer, 404, "not_found", "org")
    assert len({answer.content for answer in answers}) == 1
    assert world.service.events() == before


@pytest.mark.parametrize(
    ("name", "by"), cells([name for name in OF_IDS if any(each in name for each in IDS)])
)
def test_the_id_of_another_orgs_is_answered_as_one_of_nobodys(
    world: World, name: str, by: str
) -> None:
    _, template = name.split()
    before = world.service.events()
    nobodys = {"hold_id": f"hold_{'0' * 24}", "transaction_id": "no-such", "webhook": "wh_0"}
    nobodys |= dict.fromkeys(("purchase", "refund", "dispute", "cart", "order", "sku"), "no-such")
    answers = [
        ask(world.stranger, name, template.format(**ids), asked(name), by)
        for ids in (world.things.ids[OTHER], nobodys)
    ]
    for answer in answers:
        problem(answer, 404, "not_found", "id")
    assert len({answer.content for answer in answers}) == 1
    assert world.service.events() == before


def test_the_key_of_another_org_is_answered_as_one_of_nobodys(world: World) -> None:
    path = f"/v1/orgs/{world.others.org}/api-keys/"
    keys = (world.things.ids[OTHER]["key_id"], f"key_{'0' * 24}", "no-such")
    answers = [world.stranger.send(path + key, method="DELETE") for key in keys]
    for answer in answers:
        problem(answer, 404, "not_found", "id")
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("name", sorted(NEEDED.keys() - SOMEWHERE - {*ON_PATH}))
def test_an_operator_names_an_org_that_there_is(world: World, name: str) -> None:
    before = world.service.events()
    path = world.things.path(name.split()[1])
    nowhere = ask(world.service.operator, name, path, asked(name), "fast")
    problem(nowhere, 400, "missing_input", "X-Org")
    there_is_none = world.service.operator_of("no-such")
    problem(ask(there_is_none, name, path, asked(name), "fast"), 404, "not_found", "X-Org")
    assert world.service.events() == before
