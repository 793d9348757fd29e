"""Fields of requests about the catalogue: checked by its own rules, described for OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import WithJsonSchema

from api.http.choices import choice, one_of
from api.http.fields import checked
from ledger.catalogue.custom_fields import check_json, check_schema
from ledger.catalogue.details import MEDIA_MAX, Media, check_media
from ledger.catalogue.item_type import Kind
from ledger.catalogue.local_text import (
    LOCALE_PATTERN,
    SLUG_PATTERN,
    LocalText,
    check_slug,
    check_texts,
)
from ledger.catalogue.variant import Option, check_options
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import NAME_PATTERN, check_name
from ledger.kernel.limits import (
    CATEGORIES_PER_ITEM_MAX,
    DESCRIPTION_MAX,
    FIELD_VALUES_MAX,
    FIELDS_DEPTH_MAX,
    LOCALES_MAX,
    MEDIA_PER_ITEM_MAX,
    OPTIONS_PER_ITEM_MAX,
    TEXT_MAX,
    VALUES_PER_OPTION_MAX,
)

T = TypeVar("T")

DIGEST_PATTERN = "[0-9a-f]{64}"
_DIGEST = re.compile(DIGEST_PATTERN)


def _as(kind: Any, check: Callable[[Any, str], object]) -> Any:
    """Return the rule of a value of several parts: of which kind it is, then the ledger's own."""

    def checked_value(value: object, field: str) -> object:
        try:
            found = converted(value, kind)
        except msgspec.ValidationError as error:
            raise Invalid(f"{field}: {error}.", field=field) from None
        check(found, field)
        return found

    return checked(checked_value)


def _digest(value: object, field: str) -> str:
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    raise Invalid(f"{field} must be the SHA-256 of a file, as 64 hex digits.", field=field)


def _fields(value: dict[str, Any], field: str) -> None:
    check_json(value, field, FIELDS_DEPTH_MAX, FIELD_VALUES_MAX)


def _chosen(value: dict[str, str], field: str) -> None:
    if len(value) > OPTIONS_PER_ITEM_MAX:
        raise Invalid(f"{field} must be at most {OPTIONS_PER_ITEM_MAX}.", field=field)
    for option, chosen in value.items():
        check_name(option, field)
        check_name(chosen, f"{field}.{option}")


def _categories(value: list[str], field: str) -> None:
    if len(value) > CATEGORIES_PER_ITEM_MAX:
        raise Invalid(f"{field} must be at most {CATEGORIES_PER_ITEM_MAX}.", field=field)
    for place, each in enumerate(value):
        check_slug(each, f"{field}.{place}")


def _by_locale(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "maxProperties": LOCALES_MAX,
        "propertyNames": {"pattern": f"^{LOCALE_PATTERN}$"},
        "additionalProperties": schema,
    }


_LABEL = {"type": "string", "minLength": 1, "maxLength": TEXT_MAX}
_LABELS = _by_locale(_LABEL)
_NAME = {"type": "string", "pattern": f"^{NAME_PATTERN}$"}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT = _object(
    {"title": _LABEL, "description": {"type": ["string", "null"], "maxLength": DESCRIPTION_MAX}},
    "title",
)
_MEDIA = _object(
    {
        "source": {"type": "string", "minLength": 1, "maxLength": MEDIA_MAX},
        "alt": _LABELS,
    },
    "source",
)
_VALUES = {
    "type": "array",
    "minItems": 1,
    "maxItems": VALUES_PER_OPTION_MAX,
    "items": _object({"id": _NAME, "labels": _LABELS}, "id"),
}
_OPTION = _object({"id": _NAME, "labels": _LABELS, "values": _VALUES}, "id", "values")

Slug = Annotated[
    str,
    checked(check_slug),
    WithJsonSchema({"type": "string", "pattern": f"^{SLUG_PATTERN}$"}),
]
ItemKind = Annotated[Kind, choice(Kind), one_of(Kind)]
Texts = Annotated[
    dict[str, LocalText],
    _as(dict[str, LocalText], check_texts),
    WithJsonSchema(_by_locale(_TEXT) | {"minProperties": 1}),
]
"""Titles and descriptions by language."""

FieldSchema = Annotated[
    dict[str, Any],
    _as(dict[str, Any], check_schema),
    WithJsonSchema({"type": "object", "description": "JSON Schema, draft 2020-12"}),
]
CustomFields = Annotated[
    dict[str, Any],
    _as(dict[str, Any], _fields),
    WithJsonSchema({"type": "object", "description": "As the item's type has them"}),
]
Categories = Annotated[
    list[str],
    _as(list[str], _categories),
    WithJsonSchema(
        {
            "type": "array",
            "maxItems": CATEGORIES_PER_ITEM_MAX,
            "items": {"type": "string", "pattern": f"^{SLUG_PATTERN}$"},
        }
    ),
]
MediaList = Annotated[
    list[Media],
    _as(list[Media], check_media),
    WithJsonSchema({"type": "array", "maxItems": MEDIA_PER_ITEM_MAX, "items": _MEDIA}),
]
Options = Annotated[
    list[Option],
    _as(list[Option], check_options),
    WithJsonSchema({"type": "array", "maxItems": OPTIONS_PER_ITEM_MAX, "items": _OPTION}),
]
Chosen = Annotated[
    dict[str, str],
    _as(dict[str, str], _chosen),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": OPTIONS_PER_ITEM_MAX,
            "propertyNames": {"pattern": f"^{NAME_PATTERN}$"},
            "additionalProperties": _NAME,
        }
    ),
]
"""A value of each option."""

Digest = Annotated[
    str,
    checked(_digest),
    WithJsonSchema({"type": "string", "pattern": f"^{DIGEST_PATTERN}$"}),
]
"""The SHA-256 of a file."""
