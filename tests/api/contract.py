"""The contract: `openapi.json`, as what every answer of a service is held against."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from api.http.openapi import document, routes


def route_of(request: httpx.Request) -> str | None:
    """The method and path, as in the contract, of a request; None for what is not in it."""
    for name, route in routes():
        if request.method in (route.methods or ()) and route.path_regex.match(request.url.path):
            return name
    return None


def check(response: httpx.Response) -> None:
    """Hold an answer against the contract: its status, and each member of its JSON."""
    name = route_of(response.request)
    media_type = response.headers.get("content-type", "")
    if name is None or not response.is_success or media_type != "application/json":
        return
    response.read()
    problems = [*_validator(name, response.status_code).iter_errors(response.json())]
    assert not problems, f"{name} answered what its schema does not say: {problems[0]}"


@cache
def _validator(name: str, status: int) -> Draft202012Validator:
    method, path = name.split()
    responses = document()["paths"][path][method.lower()]["responses"]
    schema: dict[str, Any] = responses[str(status)]["content"]["application/json"]["schema"]
    return Draft202012Validator(schema | {"components": document()["components"]})
