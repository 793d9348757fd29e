"""Requests: bodies as handlers' arguments: how a handler's signature says what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.http.fields import Body, parse
from api.http.json_body import read_json, read_text

SCHEMA_REF = "#/components/schemas/{name}"


@dataclass(frozen=True)
class JsonBody:
    """Reads a request's body as one of the models."""

    model: type[Body]

    async def __call__(self, request: Request) -> Body:
        return parse(self.model, await read_json(request))


@dataclass(frozen=True)
class JsonText:
    """Reads a request's body as the text of one of the models, to be taken piece by piece."""

    model: type[Body]

    async def __call__(self, request: Request) -> bytes:
        return await read_text(request)


def schemas(model: type[Body]) -> dict[str, Any]:
    """Return the schemas of a body and of all that stands in it, by name."""
    schema = model.model_json_schema(ref_template=SCHEMA_REF.format(name="{model}"))
    found: dict[str, Any] = schema.pop("$defs", {}) | {model.__name__: schema}
    for field, item in model.ITEMS.items():
        described = schema["properties"][field]
        described = described.get("anyOf", [described])[0]  # the other is null
        described["items"] = {"$ref": SCHEMA_REF.format(name=item.__name__)}
        found |= schemas(item)
    return found
