"""Permissions: one table, of which each route asks for one, and which each path reads."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
import yaml

from api.http.answers import Ok
from api.http.auth.caller import Caller
from api.http.auth.needs import Requires, need_of
from api.http.fast_path.routes import FastPath
from api.http.health import StatusAnswer
from api.http.openapi import document
from api.http.permission_table import PLACE, permission_of, text
from api.http.router import Router
from api.http.routers import routes
from api.permissions import GRANTED, PERMISSIONS, TABLE, read
from ledger.kernel.roles import Role
from tests.api.served import Served

OPEN = {"GET /healthz", "GET /readyz", "POST /webhooks/stripe", "GET /downloads/{org}/{grant}"}
"""Routes for whoever asks: they say nothing of anybody's, or are signed by who asks, or by us."""


def test_every_route_but_the_open_ones_asks_for_a_permission() -> None:
    assert {name for name, route in routes() if permission_of(route) is None} == OPEN
    assert all(granted.all for granted in GRANTED.values())


def test_every_permission_of_the_table_is_asked_for() -> None:
    asked = {permission.name for _, route in routes() if (permission := permission_of(route))}
    assert GRANTED.keys() == asked


async def _without(name: str, caller: Caller) -> Ok[StatusAnswer]:
    return Ok(StatusAnswer(name))


async def _nobody() -> Ok[StatusAnswer]:
    return Ok(StatusAnswer("ok"))


@pytest.mark.parametrize("handler", [_without, _nobody])
def test_a_handler_that_does_not_say_what_its_caller_needs_cannot_be_routed(
    handler: object,
) -> None:
    with pytest.raises(TypeError, match="does not say first what its caller needs"):
        Router().get("/x")(handler)  # type: ignore[type-var]


def test_a_permission_that_the_table_does_not_know_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="does not know balances:read"):
        Requires("balances:read")


def test_the_fast_path_needs_what_the_handlers_of_its_routes_need(service: Served) -> None:
    fast = FastPath(FastPath, service.service)  # type: ignore[arg-type]
    needs = {name: need_of(route.endpoint) for name, route in routes()}
    taken = (*fast._commands.values(), *fast._reads.values(), *fast._ends.values())
    assert len(taken) > 5
    for route in taken:
        assert route.known_callers._requires is needs[f"{route.method} {route.path}"]


def test_a_member_may_only_what_is_narrowed_to_their_own() -> None:
    others = {each for each in PERMISSIONS[Role.MEMBER] if not each.endswith(":own")}
    buying = {"offers:read", "plans:read", "catalogue:read", "calendars:read"}
    assert others == {*buying, "gift-cards:lookup"}, (
        "what there is to buy is nobody's own, a gift card is whose code somebody has"
    )
    assert PERMISSIONS[Role.ADMIN] < PERMISSIONS[Role.OPERATOR]


def test_no_resource_action_or_role_stands_in_the_table_twice() -> None:
    def check(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            names = Counter(key.value for key, _ in node.value)
            assert names.most_common(1)[0][1] == 1, names
            for _, value in node.value:
                check(value)

    check(yaml.compose(TABLE.read_text("utf-8")))
    for name, granted in GRANTED.items():
        roles = (*granted.all, *granted.own)
        assert len({*roles}) == len(roles), name


@pytest.mark.parametrize(
    "table",
    ["usage: {read: {all: [nobody]}}", "usage: {read: {al: [admin]}}", "usage: {read: [admin]}"],
)
def test_a_table_with_a_slip_of_the_pen_is_refused(table: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(table.encode())


def test_the_contract_says_what_each_operation_needs() -> None:
    for name, route in routes():
        method, path = name.split()
        operation = document()["paths"][path][method.lower()]
        permission = permission_of(route)
        assert operation.get("x-permission") == (permission and permission.name)
        assert permission is None or str(permission) in operation["description"]


def test_the_table_is_the_one_that_is_kept() -> None:
    assert PLACE.read_text("utf-8") == text(), "run: python -m api.http.permission_table"
