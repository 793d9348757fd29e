"""The types of request fields: checked by the ledger's own rules, described for OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema

from api.permissions import OF_ORGS, check_permissions
from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, OUTPUT_TOKENS
from ledger.invoices.vat_ids import COUNTRY_PATTERN, check_country
from ledger.kernel import ids, times
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import (
    HOLD_MAX_US,
    METADATA_ENTRIES_MAX,
    METADATA_VALUE_MAX,
    METERS_PER_LINE_MAX,
    QUANTITY_MAX,
    REASON_MAX,
    TEXT_MAX,
    UNITS_MAX,
)
from ledger.kernel.shards import SHARDS_MAX
from ledger.tenancy.role_book import ROLE_PATTERN, check_any_role

HOLD_MAX_S = HOLD_MAX_US // 1_000_000
OVERLAP_MAX_S = 30 * 86_400

Info = core_schema.ValidationInfo
B = TypeVar("B", bound="Body")


class Body(BaseModel):
    """A request body: nothing is coerced, nothing unknown is taken."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    ITEMS: ClassVar[Mapping[str, type[Body]]] = {}
    """What lists hold whose items are checked one by one."""

    def sent(self) -> dict[str, Any]:
        """Return the fields that the caller sent; null is the same as absent."""
        return {
            name: value
            for name in self.model_fields_set
            if (value := getattr(self, name)) is not None
        }


def parse(model: type[B], value: object) -> B:
    """Return a JSON value as a body; raises Invalid with the first field at fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _invalid(error.errors(include_url=False, include_input=False)[0]) from None


def _invalid(error: ErrorDetails) -> Invalid:
    *around, _ = places = [str(each) for each in error["loc"]] or ["body"]
    field = ".".join(places).encode("utf-8", "replace").decode()
    match error["type"]:
        case "refused":
            refusal: Invalid = error["ctx"]["refusal"]
            if isinstance(error["loc"][-1], int):  # one of a list: its rule knows only the list
                refusal.field = places[-1]
            return refusal.at(".".join(around)) if around else refusal
        case "missing":
            return Invalid(f"{field} is required.", field=field)
        case "extra_forbidden":
            return Invalid(f"{field} is not a field of this request.", field=field)
        case "string_unicode":
            return Invalid(f"{field} must not hold lone surrogates.", field=field)
        case "model_type" | "model_attributes_type":
            return Invalid(f"{field} must be an object.", field=field)
    message = error["msg"].replace("Input should be", "must be")
    return Invalid(f"{field}: {message}.", field=field)


def checked(check: Callable[[object, str], object]) -> PlainValidator:
    """Return a rule of the ledger as a validator; what it raises names the field itself, and
    `parse` the objects around it."""

    def validate(value: object, info: Info) -> object:
        try:
            return check(value, info.field_name or "body")
        except Invalid as refusal:
            raise PydanticCustomError("refused", "refused", {"refusal": refusal}) from None

    return PlainValidator(validate)


def _quantity(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= QUANTITY_MAX:
        raise Invalid(f"{field} must be an integer from 0 to {QUANTITY_MAX}.", field=field)
    return value


def _units(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= UNITS_MAX:
        raise Invalid(f"{field} must be an integer from 1 to {UNITS_MAX}.", field=field)
    return value


def _units_or_zero(value: object, field: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return 0
    return _units(value, field)


def check_shard(value: object, field: str) -> int:
    """Return the number of a shard."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= SHARDS_MAX:
        raise Invalid(f"{field} must be an integer from 1 to {SHARDS_MAX}.", field=field)
    return value


def _seconds(least: int, limit: int) -> Callable[[object, str], int]:
    """Return the rule of whole seconds within bounds."""

    def check(value: object, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= limit:
            raise Invalid(f"{field} must be whole seconds from {least} to {limit}.", field=field)
        return value

    return check


def check_quantities(value: object, field: str) -> dict[str, int]:
    """Return what a line counts, by meter."""
    if not isinstance(value, dict) or len(value) > METERS_PER_LINE_MAX:
        raise Invalid(
            f"{field} must be an object of at most {METERS_PER_LINE_MAX} meters.", field=field
        )
    for meter in value:
        ids.check_meter(meter, field)
        if meter in _TOKENS:
            raise Invalid(
                f"{field} must not hold {meter}: it is a field of its own.",
                field=f"{field}.{meter}",
            )
    return {meter: _quantity(count, f"{field}.{meter}") for meter, count in value.items()}


def check_metadata(value: object, field: str) -> dict[str, str]:
    """Return what a caller keeps with a line: names and texts."""
    if not isinstance(value, dict) or len(value) > METADATA_ENTRIES_MAX:
        raise Invalid(
            f"{field} must be an object of at most {METADATA_ENTRIES_MAX} texts.", field=field
        )
    for name, text in value.items():
        ids.check_text(name, field)
        if text != "":
            ids.check_text(text, f"{field}.{name}", METADATA_VALUE_MAX)
    return value


def _subject(value: object, field: str) -> str:
    if value == ids.POOL:
        raise Invalid(f"{field} must be a user: the pool is nobody.", field=field)
    return ids.check_user(value, field)


def _reason(value: object, field: str) -> str:
    return ids.check_text(value, field, REASON_MAX)


def _identity(value: object, field: str) -> str:
    if not isinstance(value, str) or re.fullmatch(IDENTITY_PATTERN, value) is None:
        raise Invalid(
            f"{field} must be a digest of 32 to 128 letters, digits and +/=_-: never an address or "
            "a number itself.",
            field=field,
        )
    return value


def _as_sent(value: object, field: str) -> object:
    return value


_TOKENS = frozenset({INPUT_TOKENS, CACHED_TOKENS, CACHE_WRITE_TOKENS, OUTPUT_TOKENS})

Label = Annotated[
    str,
    checked(ids.check_text),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": TEXT_MAX}),
]
User = Annotated[
    str,
    checked(ids.check_user),
    WithJsonSchema({"type": "string", "pattern": f"^(@pool|{ids.USER_PATTERN})$"}),
]
Subject = Annotated[
    str,
    checked(_subject),
    WithJsonSchema({"type": "string", "pattern": f"^{ids.USER_PATTERN}$"}),
]
"""A user, and never the pool: whom a credential stands for."""

OrgId = Annotated[
    str,
    checked(ids.check_org),
    WithJsonSchema({"type": "string", "pattern": f"^{ids.ORG_PATTERN}$"}),
]
Permissions = Annotated[
    list[str],
    checked(check_permissions),
    WithJsonSchema({"type": "array", "items": {"type": "string", "enum": OF_ORGS}}),
]
"""What a role lets its holders do."""

RoleName = Annotated[
    str,
    checked(check_any_role),
    WithJsonSchema({"type": "string", "pattern": f"^{ROLE_PATTERN}$"}),
]
"""A role that every org has, or one of its own."""

Shard = Annotated[
    int,
    checked(check_shard),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": SHARDS_MAX}),
]
"""Where the events of an org are written: which of the writers' parts of the store."""

Time = Annotated[
    int,
    checked(times.parse_stored_time),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "RFC 3339, UTC"}),
]
"""Microseconds, from RFC 3339 UTC, at most `TIME_MAX_US`."""

Amount = Annotated[
    object,
    checked(_as_sent),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": r"^(0|[1-9][0-9]*)(\.[0-9]+)?$"},
            ],
            "description": "A positive amount in the asset's major unit; never a float.",
        }
    ),
]
"""As sent: what it means depends on the asset beside it."""

SignedAmount = Annotated[
    object,
    checked(_as_sent),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "integer", "not": {"const": 0}},
                {"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"},
            ],
            "description": "An amount to add, or with a minus to take, in credits; never a float.",
        }
    ),
]
"""As sent; `ledger/kernel/money.py` parses it."""

Asset = Annotated[
    object,
    checked(_as_sent),
    WithJsonSchema({"type": "string", "description": "credit, or an ISO 4217 currency: usd"}),
]
Country = Annotated[
    str,
    checked(check_country),
    WithJsonSchema({"type": "string", "pattern": f"^{COUNTRY_PATTERN}$"}),
]
Name = Annotated[
    str,
    checked(ids.check_name),
    WithJsonSchema({"type": "string", "pattern": f"^{ids.NAME_PATTERN}$"}),
]
Sku = Annotated[
    str,
    checked(ids.check_sku),
    WithJsonSchema({"type": "string", "pattern": f"^{ids.SKU_PATTERN}$"}),
]
"""What one variant of something for sale is known by."""

OrderId = Annotated[
    str,
    checked(ids.check_order),
    WithJsonSchema({"type": "string", "pattern": f"^{ids.ORDER_PATTERN}$"}),
]
"""The id of an order, ours or a shop's own."""

Units = Annotated[
    int,
    checked(_units),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": UNITS_MAX}),
]
"""How many of a SKU."""

UnitsOrZero = Annotated[
    int,
    checked(_units_or_zero),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": UNITS_MAX}),
]
"""How many of a SKU there are to be, if any."""

Quantity = Annotated[
    int,
    checked(_quantity),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": QUANTITY_MAX}),
]
Seconds = Annotated[
    int,
    checked(_seconds(1, HOLD_MAX_S)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": HOLD_MAX_S}),
]
"""How long a hold lasts."""

Overlap = Annotated[
    int,
    checked(_seconds(0, OVERLAP_MAX_S)),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": OVERLAP_MAX_S}),
]
"""How long a key that was rotated opens what it did."""

IDENTITY_PATTERN = "[A-Za-z0-9+/=_-]{32,128}"
Identity = Annotated[
    str,
    checked(_identity),
    WithJsonSchema({"type": "string", "pattern": f"^{IDENTITY_PATTERN}$"}),
]
"""Who somebody is, as a digest with a salt of the caller's."""

Quantities = Annotated[
    dict[str, int],
    checked(check_quantities),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 0},
            "maxProperties": METERS_PER_LINE_MAX,
        }
    ),
]
Metadata = Annotated[
    dict[str, str],
    checked(check_metadata),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": METADATA_VALUE_MAX},
            "maxProperties": METADATA_ENTRIES_MAX,
        }
    ),
]
Reason = Annotated[
    str,
    checked(_reason),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": REASON_MAX}),
]
