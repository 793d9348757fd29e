"""Custom fields: what catalogue items of a type have beside what all have, checked by its JSON
Schema.

A schema is of draft 2020-12, without what costs more than it is long: no expressions over texts, no
references elsewhere or in circles. So the work of a check is bounded by two numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec
from jsonschema import Draft202012Validator, SchemaError
from referencing import Registry

from ledger.catalogue.local_text import check_prose
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import (
    FIELD_SCHEMAS_MAX,
    FIELD_VALUES_MAX,
    FIELDS_DEPTH_MAX,
    FIELDS_JSON_MAX,
)

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NUMBER_MAX = 2**53
"""Largest number: up to it all readers of JSON have the same."""

_SAYS_MAX = 200
"""Characters of what the library says of a value at fault."""

_ONE = frozenset(
    {"additionalProperties", "items", "contains", "not", "if", "then", "else", "propertyNames"}
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "$defs"})
_OTHER = frozenset(
    {
        *("$schema", "$comment", "title", "description", "default", "examples", "deprecated"),
        *("type", "enum", "const", "required", "dependentRequired", "format"),
        *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("multipleOf", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains"),
        *("minProperties", "maxProperties"),
    }
)
_REF = re.compile(r"#/\$defs/([A-Za-z0-9_-]{1,64})")


def check_schema(schema: Mapping[str, Any], field: str = "schema") -> None:
    """Raise Invalid for what is no JSON Schema, or one that items cannot be checked by.

    The library takes a tenth of a second for a large one: who serves many asks it elsewhere, and
    has `check_bounds` beside them.
    """
    check_bounds(schema, field)
    if schema.get("$schema", DRAFT) != DRAFT:
        raise Invalid(f"{field}.$schema must be {DRAFT}, or absent.", field=f"{field}.$schema")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise _invalid(field, error.absolute_path, error.message) from None


def check_bounds(schema: Mapping[str, Any], field: str = "schema") -> None:
    """Raise Invalid for a schema that is too large, or with which a check could take long."""
    check_json(schema, field, 2 * FIELDS_DEPTH_MAX, FIELDS_JSON_MAX)
    _Weighing(schema, field).check()


def check_fields(fields: Mapping[str, Any], schema: Mapping[str, Any], field: str) -> None:
    """Raise Invalid for custom fields that are not as a schema has them."""
    check_json(fields, field, FIELDS_DEPTH_MAX, FIELD_VALUES_MAX)
    validator = Draft202012Validator(schema, registry=Registry())
    error = next(validator.iter_errors(fields), None)
    if error is not None:
        raise _invalid(field, error.absolute_path, error.message)


class _Weighing:
    """Counts the schemas within one, those that are referred to each time again."""

    def __init__(self, schema: Mapping[str, Any], field: str) -> None:
        self._schema = schema
        defs = schema.get("$defs")
        self._defs: Mapping[str, Any] = defs if isinstance(defs, dict) else {}
        self._field = field
        self._known: dict[str, int] = {}
        self._within: list[str] = []

    def check(self) -> None:
        """Raise Invalid where there are too many."""
        if self._weigh(self._schema) > FIELD_SCHEMAS_MAX:
            self._refuse(
                f"must hold at most {FIELD_SCHEMAS_MAX} schemas, each as often as it is referred to"
            )

    def _weigh(self, schema: Any) -> int:
        if not isinstance(schema, dict):
            return 1  # true or false
        weight = 1
        for keyword, value in schema.items():
            if keyword == "$ref":
                weight += self._weigh_def(value)
            elif keyword in _ONE:
                weight += self._weigh(value)
            elif keyword in _SEVERAL and isinstance(value, list):
                weight += sum(map(self._weigh, value))
            elif keyword in _NAMED and isinstance(value, dict):
                weight += sum(map(self._weigh, value.values()))
            elif keyword not in _OTHER | _SEVERAL | _NAMED:
                self._refuse(f"must not use {keyword}: docs/catalogue.md lists what it may use")
        return weight

    def _weigh_def(self, ref: object) -> int:
        found = _REF.fullmatch(ref) if isinstance(ref, str) else None
        if found is None or found[1] not in self._defs:
            self._refuse("may refer to its own #/$defs/NAME, nowhere else")
        name = found[1]
        if name in self._within:
            self._refuse(f"must not refer in a circle, as $defs/{name} does")
        if name not in self._known:
            self._within.append(name)
            self._known[name] = self._weigh(self._defs[name])
            self._within.pop()
        return self._known[name]

    def _refuse(self, why: str) -> NoReturn:
        raise Invalid(f"{self._field} {why}.", field=self._field)


def check_json(value: object, field: str, depth: int, values: int) -> None:
    """Raise Invalid for what is larger or deeper than it may be, or is not clean."""
    left = _count(value, field, depth)
    if left > values:
        raise Invalid(f"{field} must hold at most {values} values.", field=field)
    if len(msgspec.json.encode(value)) > FIELDS_JSON_MAX:
        raise Invalid(f"{field} must have at most {FIELDS_JSON_MAX} bytes.", field=field)


def _count(value: object, field: str, depth: int) -> int:
    """Return how many values there are in one, itself among them."""
    match value:
        case str():
            check_prose(value, field, FIELDS_JSON_MAX)
        case int() | float():
            if not math.isfinite(value) or abs(value) > NUMBER_MAX:
                raise Invalid(f"{field}: numbers must be within ±2^53.", field=field)
        case list() | dict() if not depth:
            raise Invalid(f"{field} is nested too deep.", field=field)
        case list():
            return 1 + sum(_count(each, field, depth - 1) for each in value)
        case dict():
            for name in value:
                check_text(name, field)
            return 1 + sum(_count(each, field, depth - 1) for each in value.values())
    return 1


def _invalid(field: str, path: Any, message: str) -> Invalid:
    place = ".".join([field, *map(str, path)])
    return Invalid(f"{place}: {message[:_SAYS_MAX]}.", field=place)
