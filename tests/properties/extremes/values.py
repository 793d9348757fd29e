"""Values at the edges of what a JSON schema of the contract allows, and a little beyond.

They are drawn from the schema, so that a field that is added is drawn without anybody's asking;
only what must meet something else (a user, a model, a meter) is named here.
"""

from __future__ import annotations

from random import Random
from typing import Any

from ledger.kernel.limits import AMOUNT_MAX, TIME_MAX_US
from ledger.kernel.times import CALENDAR_END, format_time, microseconds

Json = dict[str, Any]

USERS = ["ada", "ada", "bob", "@pool", "u" * 255]
ASSETS = ["credit", "usd", "jpy", "bhd"]
TIMES = [
    *("1970-01-01T00:00:00Z", "2000-02-29T23:59:59.999999Z", "2027-01-31T00:00:00Z"),
    *("2500-12-31T23:59:59.999999Z", "9999-06-30T23:59:59.999999Z", "9999-08-31T00:00:00Z"),
    format_time(TIME_MAX_US - 1),
    format_time(TIME_MAX_US),
    format_time(TIME_MAX_US + 1),
    format_time(microseconds(CALENDAR_END)),
]
ORDERS, PROMOTIONS = ["o1", "o2", "o" * 128], ["p1", "p2"]
SKUS = ["a", "b", "c" * 64]
TEXTS = ["x", "é" * 255, '"\\' * 127, "\U0010ffff" * 255, "'; --", "=1+1", "*"]
AMOUNTS: list[Any] = [
    *("0.000001", 1, "0.01", "12.5", 9_000_000_000),
    *("9223372036854.775807", "9223372036854.775806", "4611686018427.387904"),  # of 64 bits
    *(AMOUNT_MAX // 10**6, "92233720368547758.07"),
]
ODD_AMOUNTS: list[Any] = [0, "0.000", AMOUNT_MAX, AMOUNT_MAX + 1, 10**40, "1" * 64, "x", 1.5, "-1"]
ODD: list[Any] = ["", "\0", "\ud800", "x" * 5_000, -1, 2**63, 10**60, True, [], {}]
NAMED: dict[str, list[Any]] = {
    **dict.fromkeys(("user", "from_user", "to_user", "subject"), USERS),
    **dict.fromkeys(("asset", "currency"), ASSETS),
    "model": ["cheap", "dear", "tiered", "x" * 255],
    "month": ["2026-02", "1970-01", "9999-11"],
    **dict.fromkeys(("sku", "item"), SKUS),
    "order": ORDERS,
    "meter": ["input_tokens", "requests", "requests", "m" * 64],
    "per": [1, 1_000, 1_000_000],
    "identity": ["a" * 32, "Zz09+/=_-" * 8, "b" * 128, "c" * 64, "d" * 64, "e" * 64],
    "plan": ["free", "free", "pro", "team", "x"],
    "role": ["admin", "billing", "gateway", "auditor", "member", "operator"],
}
"""What must meet something else: values that fit, by a field's name."""


def body_of(document: Json, model: str, chance: Random) -> Any:
    """A body of a model of the document: mostly at the edges, now and then beyond."""
    return _fitting(document, {"$ref": f"#/components/schemas/{model}"}, model, chance)


def _value(document: Json, schema: Json, name: str, chance: Random) -> Any:
    # One field in fifty, so that most bodies with many are taken.
    if not schema.get("$ref") and schema.get("type") != "object" and chance.randrange(50) == 0:
        return chance.choice(ODD)
    return _fitting(document, schema, name, chance)


def _fitting(document: Json, schema: Json, name: str, chance: Random) -> Any:
    if name in NAMED and schema.get("type") != "object":
        return chance.choice(NAMED[name])
    if "$ref" in schema:
        model = schema["$ref"].rpartition("/")[2]
        return _object(document, document["components"]["schemas"][model], model, chance)
    if "amount" in schema.get("description", "").lower():
        return _amount(chance, signed="minus" in schema["description"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            kinds = [each for each in schema[word] if each.get("type") != "null"]
            return _fitting(document, chance.choice(kinds), name, chance)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    return _plain(document, schema, name, chance)


def _plain(document: Json, schema: Json, name: str, chance: Random) -> Any:
    match schema.get("type"):
        case "boolean":
            return chance.choice([True, False])
        case "integer":
            low, high = schema.get("minimum", 1), schema.get("maximum", 10**15)
            return chance.choice([low, low + 1, (low + high) // 2, high - 1, high, high])
        case "array":
            count = chance.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
            return [_value(document, schema["items"], name, chance) for _ in range(count)]
        case "object":
            return _object(document, schema, name, chance)
    return chance.choice(TIMES if schema.get("format") == "date-time" else TEXTS)


def _amount(chance: Random, *, signed: bool) -> Any:
    if chance.randrange(20) == 0:
        return chance.choice(ODD_AMOUNTS)
    amount = AMOUNTS[5] if chance.randrange(3) == 0 else chance.choice(AMOUNTS)
    return f"-{amount}" if signed and chance.randrange(2) else amount


def _object(document: Json, schema: Json, name: str, chance: Random) -> Any:
    if "properties" not in schema:  # meters, or metadata
        member = schema.get("additionalProperties") or {"type": "string"}
        names = NAMED["meter"][2:] if name == "quantities" else TEXTS
        chosen = chance.sample(names, chance.randint(0, 2))
        return {each: _fitting(document, member, "", chance) for each in chosen}
    required = schema.get("required", [])
    return {
        field: _value(document, each, field, chance)
        for field, each in schema["properties"].items()
        if field in required or chance.randrange(2)
    }
