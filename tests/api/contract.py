"""The contract: `openapi.json`, as what every answer of a service is held against."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from api.http.openapi import document
from api.http.problems import PROBLEM_JSON
from api.http.routers import routes


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
    if name is None or response.request.method == "HEAD":
        return
    if media_type == PROBLEM_JSON:
        response.read()
        _check_problem(name, response.status_code, response.json())
    elif response.is_success and media_type == "application/json":
        response.read()
        faults = [*_success(name, response.status_code).iter_errors(response.json())]
        assert not faults, f"{name} answered what its schema does not say: {faults[0]}"


def _check_problem(name: str, status: int, value: Any) -> None:
    code = value["code"]
    listed = _problems(name)
    assert (status, code) in listed, f"{name} does not say that it may answer {status} {code}"
    faults = [*listed[status, code].iter_errors(value)]
    assert not faults, f"{code} of {name} is not as its schema says: {faults[0]}"


@cache
def _problems(name: str) -> dict[tuple[int, str], Draft202012Validator]:
    """The problems that an operation may answer, by status and code; no other member may be."""
    found = {}
    for status, response in _responses(name).items():
        content = resolved(response).get("content", {})
        if PROBLEM_JSON in content:
            schema = content[PROBLEM_JSON]["schema"]
            for each in map(resolved, schema.get("oneOf", [schema])):
                code = each["properties"]["code"]["const"]
                found[int(status), code] = _validator(each | {"additionalProperties": False})
    return found


@cache
def _success(name: str, status: int) -> Draft202012Validator:
    return _validator(_responses(name)[str(status)]["content"]["application/json"]["schema"])


def _responses(name: str) -> dict[str, Any]:
    method, path = name.split()
    responses: dict[str, Any] = document()["paths"][path][method.lower()]["responses"]
    return responses


def resolved(value: dict[str, Any]) -> dict[str, Any]:
    """What a reference within the document names; itself where it is none."""
    if "$ref" not in value:
        return value
    found = document()
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema | {"components": document()["components"]})
