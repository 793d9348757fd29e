"""Permissions: each route asks for one, each one is asked for, and the table says so."""

from __future__ import annotations

from api.http.openapi import document
from api.http.permission_table import OPEN, PLACE, permission_of, text
from api.http.routers import routes
from ledger.role_permissions import DECLARED


def test_every_route_asks_for_a_permission_that_is_declared() -> None:
    for name, route in routes():
        permission = permission_of(route)
        assert (permission is None) == (name in OPEN), f"{name} asks for no permission"
        if permission is not None:
            assert permission.name in DECLARED, f"no context declares {permission.name}"
            assert permission.roles


def test_every_declared_permission_is_asked_for() -> None:
    asked = {permission.name for _, route in routes() if (permission := permission_of(route))}
    assert {name.removesuffix(":own") for name in DECLARED} == asked


def test_the_contract_says_what_each_operation_needs() -> None:
    for name, route in routes():
        method, path = name.split()
        operation = document()["paths"][path][method.lower()]
        permission = permission_of(route)
        assert operation.get("x-permission") == (permission and permission.name)
        assert permission is None or str(permission) in operation["description"]


def test_the_table_is_the_one_that_is_kept() -> None:
    assert PLACE.read_text("utf-8") == text(), "run: python -m api.http.permission_table"
