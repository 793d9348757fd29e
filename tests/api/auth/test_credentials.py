"""Who may do what: credentials, roles, and orgs that cannot see each other."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.kernel.roles import Role
from tests.api.problems import problem
from tests.api.served import Api, Served, done

DEPOSIT = {"user": "ada", "amount": 1}
GRANT = {"user": "ada", "amount": 1, "kind": "free"}
HOLD = {"user": "ada", "amount": "0.000001"}
TRANSFER = {"from_user": "ada", "to_user": "bob", "amount": "0.000001"}
QUOTE = {"model": "m", "quantities": {"requests": 1}}
CARD = {"prices": [{"model": "m", "meter": "requests", "price": "1", "per": 1}]}

REQUESTS: dict[str, tuple[str, str, Any]] = {
    "deposit": ("POST", "/v1/billing/deposits", DEPOSIT),
    "grant": ("POST", "/v1/billing/credits", GRANT),
    "use": ("POST", "/v1/billing/usage", {"id": "r", "user": "ada", "amount": 1}),
    "price": ("PUT", "/v1/billing/rate-cards", CARD),
    "hold": ("POST", "/v1/billing/holds", HOLD),
    "transfer": ("POST", "/v1/billing/transfers", TRANSFER),
    "adjust": ("POST", "/v1/billing/adjustments", {"user": "ada", "amount": 9, "reason": "x"}),
    "erase": ("POST", "/v1/audit/erasures", {"user": "nobody"}),
    "cap": ("PUT", "/v1/billing/caps", {"caps": []}),
    "quote": ("POST", "/v1/billing/rate-cards/quote", QUOTE),
    "holds": ("GET", "/v1/billing/holds", None),
    "another's holds": ("GET", "/v1/billing/holds?user=ada", None),
    "caps": ("GET", "/v1/billing/caps", None),
    "alerts": ("GET", "/v1/billing/alerts", None),
    "statement": ("GET", "/v1/billing/statement?period=2026-02", None),
    "another's statement": ("GET", "/v1/billing/statement?period=2026-02&user=ada", None),
    "issue": ("POST", "/v1/orgs/{org}/api-keys", {"name": "x", "role": "gateway"}),
    "register": ("POST", "/v1/orgs", {"id": "{org}-{role}", "name": "x"}),
    "balance": ("GET", "/v1/billing/balance?user=ada", None),
    "balances": ("GET", "/v1/billing/balance/all?user=ada", None),
    "own balance": ("GET", "/v1/billing/balance", None),
    "transactions": ("GET", "/v1/billing/transactions", None),
    "another's": ("GET", "/v1/billing/transactions?user=ada", None),
    "usage": ("GET", "/v1/billing/usage?period=2026-02", None),
    "cards": ("GET", "/v1/billing/rate-cards", None),
    "org": ("GET", "/v1/orgs/{org}", None),
    "orgs": ("GET", "/v1/orgs", None),
    "keys": ("GET", "/v1/orgs/{org}/api-keys", None),
    "trail": ("GET", "/v1/audit/events", None),
    "one event": ("GET", "/v1/audit/events/1", None),
    "refusals": ("GET", "/v1/audit/refusals", None),
    "metrics": ("GET", "/metrics", None),
}
READS = {what for what, (method, _, _) in REQUESTS.items() if method == "GET" and what != "metrics"}
AUDITS = {"trail", "one event", "refusals"}
BALANCES = {"balance", "balances", "own balance"}
BY_ADMINS = {"erase", "hold", "transfer", "adjust", "cap"}
MAY: dict[Role, set[str]] = {
    Role.OPERATOR: set(REQUESTS),
    Role.ADMIN: READS | {"deposit", "grant", "use", "price", "issue", "quote"} | BY_ADMINS,
    Role.BILLING: READS - AUDITS | {"deposit", "grant", "quote"},
    Role.GATEWAY: {"use", "hold", "quote", "holds", "another's holds", "cards"} | BALANCES,
    Role.AUDITOR: READS | {"quote"},
    Role.MEMBER: {"own balance", "transactions", "usage", "holds", "statement"},
}


@pytest.fixture(scope="module")
def callers(service: Served) -> dict[Role, Api]:
    """A caller of each role in one org."""
    org = service.new_org()
    callers: dict[Role, Api] = {Role.OPERATOR: service.operator_of(org)}
    for role in set(Role) - {Role.OPERATOR}:
        callers[role] = service.issue(org, role, subject="mia")
    callers[Role.ADMIN].deposit("ada", "100")
    done(callers[Role.ADMIN].send("/v1/billing/rate-cards", CARD, method="PUT"))
    return callers


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("what", REQUESTS)
def test_a_role_may_do_what_its_permissions_say_and_nothing_else(
    service: Served, callers: dict[Role, Api], role: Role, what: str
) -> None:
    caller = callers[role]
    method, path, body = REQUESTS[what]
    if what == "register":
        body = body | {"id": f"{caller.org}-{role}"}
    before = service.events()
    answer = caller.send(path.format(org=caller.org), body, method=method)
    if what in MAY[role]:
        done_or_text(answer)
    else:
        problem(answer, 403, "forbidden", "user" if role is Role.MEMBER and "ada" in path else None)
        assert service.events() == before


def done_or_text(answer: Any) -> None:
    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    "secret",
    [None, "-", "wrong", "tally_live_wrong", "x" * 5000, "an operator key that is only for tests"],
)
def test_without_a_credential_of_ours_there_is_nothing_to_see(
    service: Served, secret: str | None
) -> None:
    caller = service.as_holder_of(secret)
    before = service.events()
    for method, path, body in REQUESTS.values():
        answer = caller.send(path, body, method=method)
        problem(answer, 401, "unauthenticated", "Authorization")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert service.events() == before


def test_another_scheme_is_not_a_credential(service: Served, admin: Api) -> None:
    headers = {"Authorization": f"Basic {admin.secret}"}
    answer = service.http.get("/v1/billing/balance", headers=headers)
    problem(answer, 401, "unauthenticated", "Authorization")


@pytest.mark.parametrize("what", sorted(set(REQUESTS) - {"metrics"}))
def test_a_tenant_that_names_an_org_is_refused(
    service: Served, callers: dict[Role, Api], what: str
) -> None:
    admin = callers[Role.ADMIN]
    named = Api(admin.http, admin.secret, admin.org, x_org=admin.org)
    method, path, body = REQUESTS[what]
    before = service.events()
    problem(named.send(path.format(org=admin.org), body, method=method), 403, "forbidden", "X-Org")
    assert service.events() == before


def test_an_operator_names_the_org_on_billing_routes(service: Served, admin: Api) -> None:
    problem(service.operator.get("/v1/billing/balance"), 400, "missing_input", "X-Org")
    for unknown in ("no-such", "NO SUCH", "platform", "a/b"):
        answer = service.operator_of(unknown).get("/v1/billing/balance")
        problem(answer, 404, "not_found", "X-Org")
        answer = service.operator_of(unknown).send("/v1/billing/deposits", DEPOSIT)
        problem(answer, 404, "not_found", "X-Org")
    named = service.operator_of(str(admin.org))
    assert done(named.send("/v1/billing/deposits", DEPOSIT))["amount"] == "1"
    problem(named.get("/v1/orgs/platform"), 422, "invalid", "X-Org")


def test_another_tenants_org_looks_exactly_like_one_that_is_not_there(
    service: Served, admin: Api
) -> None:
    other = service.new_org()
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/v1/orgs/{org}", None),
        ("GET", "/v1/orgs/{org}/api-keys", None),
        ("POST", "/v1/orgs/{org}/api-keys", {"name": "x", "role": "gateway"}),
        ("DELETE", "/v1/orgs/{org}/api-keys/key_000000000000000000000000", None),
    ]
    before = service.events()
    for method, path, body in requests:
        answers = [
            admin.send(path.format(org=org), body, method=method)
            for org in (other, "no-such", "platform", "%00", "NO")
        ]
        for answer in answers:
            problem(answer, 404, "not_found", "org")
        assert len({answer.content for answer in answers}) == 1
    assert service.events() == before


def test_two_orgs_cannot_see_each_other(service: Served, admin: Api) -> None:
    other = service.new_admin()
    mine = admin.deposit("ada", "5")
    theirs = [other.deposit("ada", "7") for _ in range(5)][-1]
    assert admin.balance("ada")["available"] == "5"
    listed = done(admin.get("/v1/billing/transactions", min_sequence=mine["sequence"]))["data"]
    assert [each["hash"] for each in listed] == [mine["hash"]]
    path = f"/v1/billing/transactions/{theirs['id']}"
    problem(admin.get(path), 404, "not_found", "id")
    orgs = done(admin.get("/v1/orgs"))["data"]
    assert [each["id"] for each in orgs] == [admin.org]
    keys = done(admin.get(f"/v1/orgs/{admin.org}/api-keys"))["data"]
    assert len(keys) == 1


def test_a_member_sees_only_their_own(service: Served) -> None:
    admin = service.new_admin(billing_mode="shared")
    member = service.issue(str(admin.org), "member", subject="mia")
    done(admin.send("/v1/billing/deposits", {"amount": 9}))
    own = done(admin.use("mia", "1"))
    other = done(admin.use("ada", "1"))
    listed = done(member.get("/v1/billing/transactions", min_sequence=other["sequence"]))["data"]
    hidden = own | {"balance_after": None, "pending_after": None}  # the pool's
    assert own["balance_after"] == "8"
    assert listed == [hidden]
    assert done(member.get("/v1/billing/balance"))["user"] == "mia"
    assert done(member.get(f"/v1/billing/transactions/{own['id']}")) == hidden
    problem(member.get(f"/v1/billing/transactions/{other['id']}"), 404, "not_found", "id")
    for user in ("ada", "@pool"):
        problem(member.get("/v1/billing/balance", user=user), 403, "forbidden", "user")


def test_a_member_sees_the_balance_of_an_allocation(service: Served) -> None:
    admin = service.new_admin(billing_mode="shared")
    member = service.issue(str(admin.org), "member", subject="mia")
    done(admin.send("/v1/billing/deposits", {"amount": 9}))
    moved = {"from_user": "@pool", "to_user": "mia", "amount": 4}
    sent = done(admin.send("/v1/billing/transfers", moved))
    (received,) = done(member.get("/v1/billing/transactions", min_sequence=sent["sequence"] + 2))[
        "data"
    ]
    assert (received["amount"], received["balance_after"]) == ("4", "4")


@pytest.mark.parametrize("granter", [role for role in Role if role is not Role.OPERATOR])
def test_nobody_grants_a_role_above_their_own(
    service: Served, callers: dict[Role, Api], granter: Role
) -> None:
    caller = callers[granter]
    for role in Role:
        body = {"name": "x", "role": role, "subject": "mia"}
        answer = caller.send(f"/v1/orgs/{caller.org}/api-keys", body)
        if granter is Role.ADMIN and role is not Role.OPERATOR:
            done(answer)
        else:
            problem(answer, 403, "forbidden", "role" if granter is Role.ADMIN else None)


def test_operators_live_on_the_platform_and_nobody_else_does(service: Served, admin: Api) -> None:
    operator = {"name": "x", "role": "operator"}
    refused = service.operator.send(f"/v1/orgs/{admin.org}/api-keys", operator)
    problem(refused, 422, "invalid", "role")
    tenant = {"name": "x", "role": "admin"}
    refused = service.operator.send("/v1/orgs/platform/api-keys", tenant)
    problem(refused, 422, "invalid", "role")
    issued = done(service.operator.send("/v1/orgs/platform/api-keys", operator))
    done(service.as_holder_of(issued["secret"]).get("/v1/orgs"))


def test_a_revoked_key_opens_nothing_from_that_moment_on(service: Served, admin: Api) -> None:
    path = f"/v1/orgs/{admin.org}/api-keys"
    issued = done(admin.send(path, {"name": "gw", "role": "gateway"}))
    gateway = service.as_holder_of(issued["secret"])
    done(gateway.get("/v1/billing/balance"))
    first = admin.send(f"{path}/{issued['id']}", method="DELETE", key="k")
    assert done(first)["revoked"] is True
    for _ in range(3):
        problem(gateway.get("/v1/billing/balance"), 401, "unauthenticated", "Authorization")
    again = admin.send(f"{path}/{issued['id']}", method="DELETE", key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    once_more = admin.send(f"{path}/{issued['id']}", method="DELETE")
    problem(once_more, 409, "conflict", "id")
    listed = {each["id"]: each for each in done(admin.get(path))["data"]}
    assert listed[issued["id"]]["revoked"] is True


def test_the_request_id_comes_back_if_it_is_clean(service: Served) -> None:
    given = service.http.get("/healthz", headers={"X-Request-Id": "trace 7"})
    assert given.headers["X-Request-Id"] == "trace 7"
    for unclean in ("x" * 256, "a\tb"):
        made = service.http.get("/healthz", headers={"X-Request-Id": unclean})
        assert made.headers["X-Request-Id"] != unclean
