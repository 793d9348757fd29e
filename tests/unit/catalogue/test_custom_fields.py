"""Custom fields and their schemas: what is refused, and that no check takes long."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.catalogue.custom_fields import DRAFT, check_bounds, check_fields, check_schema
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import FIELD_SCHEMAS_MAX


def doubling(times: int) -> dict[str, Any]:
    """A short schema that is two to the power of so many when it is unfolded."""
    defs: dict[str, Any] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(times)
    }
    return {"$defs": defs | {f"d{times}": True}, "$ref": "#/$defs/d0"}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "no such"},
        {"properties": 7},
        {"pattern": "(a+)+$"},
        {"patternProperties": {"(a+)+$": True}},
        {"unevaluatedProperties": False},
        {"$id": "https://x.example/"},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"$ref": "https://x.example/schema.json"},
        {"$ref": "#"},
        {"$ref": "#/$defs/none"},
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"$dynamicRef": "#x"},
        {"enum": [float("inf")]},
        {"const": "\x00"},
        {"title": "x" * 20_000},
        {"allOf": [True] * FIELD_SCHEMAS_MAX},
        doubling(40),
        nested(40),
    ],
)
def test_a_schema_that_is_none_or_costs_too_much_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        check_schema(schema)
    assert str(refused.value.field).startswith("schema")


@pytest.mark.parametrize("schema", [{}, {"$schema": DRAFT, "type": "object"}, doubling(3)])
def test_a_schema_may_be_so(schema: dict[str, Any]) -> None:
    check_schema(schema)


@pytest.mark.parametrize("schema", [{"properties": 7}, {"allOf": True}, {"$defs": []}])
def test_its_bounds_are_checked_also_where_it_is_no_schema(schema: dict[str, Any]) -> None:
    check_bounds(schema)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"a": 1}, "fields.a"),
        ({"b": {"c": ["x", 2]}}, "fields.b.c.1"),
        ({"d": 1}, "fields"),
        ({"e": 2**60}, "fields"),
        ({"a\x00": ""}, "fields"),
        ({"b": {"c": ["x"] * 101}}, "fields"),
        ({"a": "x" * 20_000}, "fields"),
        ({"b": [[[[[[[[[]]]]]]]]]}, "fields"),
    ],
)
def test_fields_that_are_not_as_the_schema_has_them_are_named(
    fields: dict[str, Any], field: str
) -> None:
    schema = {
        "properties": {
            "a": {"type": "string"},
            "b": {"properties": {"c": {"items": {"$ref": "#/$defs/text"}}}},
            "e": {},
        },
        "additionalProperties": False,
        "$defs": {"text": {"type": "string"}},
    }
    check_schema(schema)
    check_fields({"a": "x\ny", "b": {"c": ["x"]}, "e": 1.5}, schema, "fields")
    with pytest.raises(Invalid) as refused:
        check_fields(fields, schema, "fields")
    assert refused.value.field == field
