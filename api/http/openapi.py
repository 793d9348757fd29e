"""The OpenAPI document: what FastAPI sees, and what our own doors add to it.

`python -m api.http.openapi` writes `schemas/openapi.json`; a test keeps the two equal.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.http.auth.caller import Requires, RequiresOnPath, RequiresSomewhere, idempotency_key
from api.http.problems import PROBLEM_JSON
from api.http.requests import SCHEMA_REF, schemas
from api.http.routers import ROUTERS

TITLE = "Tallystick"
VERSION = "1"
PLACE = Path(__file__).parents[2] / "schemas" / "openapi.json"

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
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457; docs/errors.md lists every code and whether to retry.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": "string"},
    },
}
_ANSWER = {"schema": {"$ref": SCHEMA_REF.format(model="Problem")}}


@functools.cache
def document() -> dict[str, Any]:
    """The whole document."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    made = get_openapi(title=TITLE, version=VERSION, routes=app.routes)
    components = made.setdefault("components", {})
    components["schemas"] = {"Problem": _PROBLEM, **schemas()}
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for operation, route in _operations(made):
        _describe(operation, route)
    return made


def _operations(made: dict[str, Any]) -> Iterator[tuple[dict[str, Any], APIRoute]]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    yield made["paths"][route.path_format][method.lower()], route


def _describe(operation: dict[str, Any], route: APIRoute) -> None:
    calls = [dependency.call for dependency in route.dependant.dependencies]
    parameters = operation.setdefault("parameters", [])
    if any(isinstance(call, Requires | RequiresOnPath | RequiresSomewhere) for call in calls):
        operation["security"] = [{"bearer": []}]
    if any(isinstance(call, Requires) for call in calls):
        parameters.append(_X_ORG)
    if idempotency_key in calls:
        parameters.append(_IDEMPOTENCY_KEY)
    responses = operation["responses"]
    responses.pop("422", None)
    responses["default"] = {"description": "A problem.", "content": {PROBLEM_JSON: _ANSWER}}


def text() -> str:
    """The document as it is kept."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8")
