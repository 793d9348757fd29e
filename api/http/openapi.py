"""The OpenAPI document: what FastAPI sees, and what handlers say of their bodies and answers.

`python -m api.http.openapi` writes `schemas/openapi.json`; a test keeps the two equal. The examples
are answers of the service, which `python -m tests.api.examples` writes to `schemas/examples`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.http import problem_schemas
from api.http.auth.caller import idempotency_key
from api.http.auth.needs import Requires, need_of
from api.http.permission_table import permission_of
from api.http.problem_schemas import (
    LIMIT_HEADERS,
    OF_BODIES,
    OF_CALLERS,
    OF_COMMANDS,
    OF_CONNECTIONS,
    OF_PAGES,
    OF_READ_MODELS,
    OF_STORED,
    RESPONSE_REF,
    Kind,
    take_marked,
)
from api.http.requests import SCHEMA_REF, JsonBody, JsonText, schemas
from api.http.router import success_of
from api.http.routers import ROUTERS, routes

TITLE = "Tallystick"
VERSION = "1"
PLACE = Path(__file__).parents[2] / "schemas" / "openapi.json"
EXAMPLES = PLACE.parent / "examples"
"""A file for each context: its answers by method and path."""

_KEY = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": _KEY,
    "description": "New for each command, the same when it is sent again. It never expires.",
}
_X_ORG = {
    "name": "X-Org",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The org an operator works in: required of operators, forbidden to others.",
}


@functools.cache
def document() -> dict[str, Any]:
    """Return the whole document."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    made = get_openapi(title=TITLE, version=VERSION, routes=app.routes)
    found = problem_schemas.schemas()
    refusals: dict[str, Any] = {}
    examples = _examples()
    for operation, name, route in _operations(made):
        _describe_parameters(operation)
        _describe_caller(operation, route)
        found |= _describe_body(operation, route) | _describe_answer(operation, route)
        _show(operation, name, route, examples)
        refusals |= _describe_problems(operation, route)
        _describe_limits(operation, route)
    components = made.setdefault("components", {})
    components["schemas"] = found
    components["responses"] = refusals
    components["headers"] = problem_schemas.HEADERS
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    return made


def _examples() -> dict[str, Any]:
    """Return the answers that are shown, by method and path."""
    found: dict[str, Any] = {}
    for path in sorted(EXAMPLES.glob("*.json")):
        found |= json.loads(path.read_text("utf-8"))
    return found


def _operations(made: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, APIRoute]]:
    for name, route in routes():
        method, path = name.split()
        yield made["paths"][path][method.lower()], name, route


def _describe_parameters(operation: dict[str, Any]) -> None:
    """What may be left out is not null: neither a path nor a query can say so."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        (parameter["schema"],) = (
            each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}
        )


def _describe_caller(operation: dict[str, Any], route: APIRoute) -> None:
    """Who may call, and what makes it safe to send again."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    parameters = operation.setdefault("parameters", [])
    permission = permission_of(route)
    if permission is not None:
        operation["security"] = [{"bearer": []}]
        operation["x-permission"] = permission.name
        operation["description"] += f"\n\n{permission}"
    if isinstance(need_of(route.endpoint), Requires):
        parameters.append(_X_ORG)
    if idempotency_key in calls:
        parameters.append(_IDEMPOTENCY_KEY)


def _describe_body(operation: dict[str, Any], route: APIRoute) -> dict[str, Any]:
    """Return what is read; the schemas that it needs."""
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, JsonBody | JsonText):
            model = dependency.call.model
            schema = {"$ref": SCHEMA_REF.format(name=model.__name__)}
            content = {"application/json": {"schema": schema}}
            operation["requestBody"] = {"required": True, "content": content}
            return schemas(model)
    return {}


def _describe_answer(operation: dict[str, Any], route: APIRoute) -> dict[str, Any]:
    """Return what is answered; the schemas that it needs."""
    responses = operation["responses"]
    responses.pop("422", None)
    success = success_of(route.endpoint)
    if success is None:
        return {}
    (schema,), found = msgspec.json.schema_components([success.value], ref_template=SCHEMA_REF)
    content = responses[str(success.status)].setdefault("content", {})
    content["application/json"] = {"schema": schema}
    return found


def _describe_problems(operation: dict[str, Any], route: APIRoute) -> dict[str, Any]:
    """Return what is refused, and how; the responses that it needs."""
    found: dict[str, Any] = {}
    for status, response in problem_schemas.responses(_problems_of(operation, route)).items():
        (name,) = response
        operation["responses"][status] = {"$ref": RESPONSE_REF.format(name=name)}
        found |= response
    return found


def _describe_limits(operation: dict[str, Any], route: APIRoute) -> None:
    """What is let through is told of limits, too."""
    if "security" in operation:
        operation["responses"][str(route.status_code or 200)]["headers"] = LIMIT_HEADERS


def _problems_of(operation: dict[str, Any], route: APIRoute) -> set[Kind]:
    """Return the kinds of problems that come with what a route takes, and those that it says."""
    kinds = {*OF_CONNECTIONS, *take_marked(operation)}
    names = {each["name"] for each in operation["parameters"]}
    for applies, more in (
        ("security" in operation, (*OF_CALLERS, *OF_STORED)),
        ("requestBody" in operation, OF_BODIES),
        ("Idempotency-Key" in names, OF_COMMANDS),
        ("cursor" in names, OF_PAGES),
        ("min_sequence" in names, OF_READ_MODELS),
    ):
        kinds.update(more if applies else ())
    return kinds


def _show(operation: dict[str, Any], name: str, route: APIRoute, examples: dict[str, Any]) -> None:
    """Answers that the service has given; what is no JSON is kept under its media type, too."""
    content = operation["responses"][str(route.status_code or 200)].get("content", {})
    for media_type, media in content.items():
        kept = name if media_type == "application/json" else f"{name} {media_type}"
        if kept in examples:
            media["example"] = examples[kept]


def text() -> str:
    """Return the document as it is kept."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
