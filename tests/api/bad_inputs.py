"""The tables of bad input: what is wrong, where it is sent, what is named."""

# ruff: noqa: E501  # a row is a line, so that the table can be read as one

from __future__ import annotations

import json
from typing import Any

DEPOSITS, CREDITS = "/v1/billing/deposits", "/v1/billing/credits"
USAGE, BATCH = "/v1/billing/usage", "/v1/billing/usage/batch"
CARDS, TRANSACTIONS = "/v1/billing/rate-cards", "/v1/billing/transactions"

DEPOSIT = {"user": "ada", "amount": "1"}
GRANT = {"user": "ada", "amount": "1", "kind": "promotional"}
USE = {"id": "r1", "user": "ada", "amount": "1"}
PRICE = {"model": "m", "meter": "input_tokens", "price": "1", "per": 1}
FAR = "2999-01-01T00:00:00Z"
PAST = "2020-01-01T00:00:00Z"


class Literal:
    """JSON that no Python value writes."""

    def __init__(self, text: str) -> None:
        self.text = text


def encode(value: Any) -> bytes:
    """A body; a Literal stands in it as it is."""
    if isinstance(value, Literal):
        return value.text.encode()
    if isinstance(value, dict):
        members = [json.dumps(name).encode() + b":" + encode(each) for name, each in value.items()]
        return b"{" + b",".join(members) + b"}"
    return json.dumps(value).encode()


BAD_FIELDS: list[tuple[str, str, dict[str, Any], str]] = [
    # what is wrong, path, body, the field named
    ("a float amount", DEPOSITS, DEPOSIT | {"amount": 10.5}, "amount"),
    ("a float that is whole", DEPOSITS, DEPOSIT | {"amount": Literal("10.0")}, "amount"),
    ("an exponent", DEPOSITS, DEPOSIT | {"amount": Literal("1e3")}, "amount"),
    ("an endless exponent", DEPOSITS, DEPOSIT | {"amount": Literal("1e999")}, "amount"),
    ("a negative amount", DEPOSITS, DEPOSIT | {"amount": -1}, "amount"),
    ("a negative text", DEPOSITS, DEPOSIT | {"amount": "-1"}, "amount"),
    ("zero", DEPOSITS, DEPOSIT | {"amount": 0}, "amount"),
    ("zero as text", DEPOSITS, DEPOSIT | {"amount": "0.000000"}, "amount"),
    ("over 64 bit", DEPOSITS, DEPOSIT | {"amount": "9223372036854.775808"}, "amount"),
    ("over 64 bit as a number", DEPOSITS, DEPOSIT | {"amount": 2**64}, "amount"),
    ("9,000 digits", DEPOSITS, DEPOSIT | {"amount": Literal("9" * 9000)}, "amount"),
    ("seven decimals", DEPOSITS, DEPOSIT | {"amount": "1.0000001"}, "amount"),
    ("three decimals of usd", DEPOSITS, DEPOSIT | {"amount": "1.001", "asset": "usd"}, "amount"),
    ("a decimal of jpy", DEPOSITS, DEPOSIT | {"amount": "1.0", "asset": "jpy"}, "amount"),
    ("a plus sign", DEPOSITS, DEPOSIT | {"amount": "+1"}, "amount"),
    ("spaces", DEPOSITS, DEPOSIT | {"amount": " 1"}, "amount"),
    ("a thousands separator", DEPOSITS, DEPOSIT | {"amount": "1,000"}, "amount"),
    ("other digits", DEPOSITS, DEPOSIT | {"amount": "\u0661"}, "amount"),
    ("a leading zero", DEPOSITS, DEPOSIT | {"amount": "01"}, "amount"),
    ("true", DEPOSITS, DEPOSIT | {"amount": True}, "amount"),
    ("a list", DEPOSITS, DEPOSIT | {"amount": [1]}, "amount"),
    ("no amount", DEPOSITS, {"user": "ada"}, "amount"),
    ("null amount", DEPOSITS, DEPOSIT | {"amount": None}, "amount"),
    ("an unknown field", DEPOSITS, DEPOSIT | {"colour": "red"}, "colour"),
    ("an unknown asset", DEPOSITS, DEPOSIT | {"asset": "gold"}, "asset"),
    ("an asset in capitals", DEPOSITS, DEPOSIT | {"asset": "USD"}, "asset"),
    ("an asset that is a list", DEPOSITS, DEPOSIT | {"asset": ["usd"]}, "asset"),
    ("a paid float", DEPOSITS, DEPOSIT | {"paid": {"amount": 1.5, "currency": "usd"}}, "paid.amount"),
    ("paid in nothing", DEPOSITS, DEPOSIT | {"paid": {"amount": 1}}, "paid.currency"),
    ("paid in gold", DEPOSITS, DEPOSIT | {"paid": {"amount": 1, "currency": "gold"}}, "paid.currency"),
    ("an unknown field of paid", DEPOSITS, DEPOSIT | {"paid": {"amount": 1, "currency": "usd", "x": 1}}, "paid.x"),
    ("a user of 256 characters", DEPOSITS, DEPOSIT | {"user": "u" * 256}, "user"),
    ("an empty user", DEPOSITS, DEPOSIT | {"user": ""}, "user"),
    ("a user with a space", DEPOSITS, DEPOSIT | {"user": "a b"}, "user"),
    ("a user with NUL", DEPOSITS, DEPOSIT | {"user": "a\0"}, "user"),
    ("a user with a lone surrogate", DEPOSITS, DEPOSIT | {"user": Literal('"a\\ud800"')}, "user"),
    ("a user that is a number", DEPOSITS, DEPOSIT | {"user": 7}, "user"),
    ("a reference of 256 characters", DEPOSITS, DEPOSIT | {"reference": "r" * 256}, "reference"),
    ("a reference with NUL", DEPOSITS, DEPOSIT | {"reference": "a\0"}, "reference"),
    ("a reference with a lone surrogate", DEPOSITS, DEPOSIT | {"reference": Literal('"\\udfff"')}, "reference"),
    ("a name with a lone surrogate", DEPOSITS, DEPOSIT | {"n\ud800": 1}, "body"),
    ("a reference turned around", DEPOSITS, DEPOSIT | {"reference": "a\u202eb"}, "reference"),
    ("a reference of no width", DEPOSITS, DEPOSIT | {"reference": "\u200b"}, "reference"),
    ("a reason turned around", CREDITS, GRANT | {"reason": "a\u2067b"}, "reason"),
    ("an id of no width", USAGE, USE | {"id": "a\u200d"}, "id"),
    ("a model with a soft hyphen", USAGE, {"id": "r1", "model": "m\u00ad", "input_tokens": 1}, "model"),
    ("a project turned around", USAGE, USE | {"project": "\u202d"}, "project"),
    ("a service with DEL", USAGE, USE | {"service": "a\x7f"}, "service"),
    ("a provider with a line separator", USAGE, USE | {"provider": "a\u2028"}, "provider"),
    ("metadata turned around", USAGE, USE | {"metadata": {"a": "\u202e"}}, "metadata.a"),
    ("a name of metadata of no width", USAGE, USE | {"metadata": {"a\ufeff": "b"}}, "metadata"),
    ("a batch with a project turned around", BATCH, {"mode": "atomic", "items": [USE | {"project": "\u202d"}]}, "project"),
    ("an expiry in the past", CREDITS, GRANT | {"expires_at": PAST}, "expires_at"),
    ("an expiry before it takes effect", CREDITS, GRANT | {"effective_at": FAR, "expires_at": "2998-01-01T00:00:00Z"}, "expires_at"),
    ("an expiry that is no time", CREDITS, GRANT | {"expires_at": "tomorrow"}, "expires_at"),
    ("the 30th of February", CREDITS, GRANT | {"expires_at": "2999-02-30T00:00:00Z"}, "expires_at"),
    ("a time that is not UTC", CREDITS, GRANT | {"expires_at": "2999-01-01T00:00:00+02:00"}, "expires_at"),
    ("an unknown kind", CREDITS, GRANT | {"kind": "stolen"}, "kind"),
    ("a priority of 101", CREDITS, GRANT | {"priority": 101}, "priority"),
    ("a priority as text", CREDITS, GRANT | {"priority": "1"}, "priority"),
    ("a reason of 1,001 characters", CREDITS, GRANT | {"reason": "r" * 1001}, "reason"),
    ("a time far in the future", USAGE, USE | {"occurred_at": FAR}, "occurred_at"),
    ("a time before 1970", USAGE, USE | {"occurred_at": "1969-12-31T23:59:59Z"}, "occurred_at"),
    ("a time as a number", USAGE, USE | {"occurred_at": 1700000000}, "occurred_at"),
    ("an id of 256 characters", USAGE, USE | {"id": "i" * 256}, "id"),
    ("an id with NUL", USAGE, USE | {"id": "a\0b"}, "id"),
    ("an id with a lone surrogate", USAGE, USE | {"id": Literal('"a\\ud800b"')}, "id"),
    ("no id", USAGE, {"user": "ada", "amount": 1}, "id"),
    ("an unknown model", USAGE, {"id": "r1", "model": "no-such", "input_tokens": 1}, "model"),
    ("neither amount nor model", USAGE, {"id": "r1"}, "amount"),
    ("a float amount of usage", USAGE, USE | {"amount": 0.1}, "amount"),
    ("negative tokens", USAGE, USE | {"input_tokens": -1}, "input_tokens"),
    ("float tokens", USAGE, USE | {"input_tokens": 1.0}, "input_tokens"),
    ("tokens as text", USAGE, USE | {"input_tokens": "1"}, "input_tokens"),
    ("tokens over the limit", USAGE, USE | {"input_tokens": 10**15 + 1}, "input_tokens"),
    ("true tokens", USAGE, USE | {"output_tokens": True}, "output_tokens"),
    ("more parts than input", USAGE, USE | {"input_tokens": 3, "cached_tokens": 2, "cache_write_tokens": 2}, "cache_write_tokens"),
    ("more cached than input", USAGE, USE | {"input_tokens": 1, "cached_tokens": 2}, "cached_tokens"),
    ("a meter with a space", USAGE, USE | {"quantities": {"a b": 1}}, "quantities"),
    ("a float quantity", USAGE, USE | {"quantities": {"images": 1.5}}, "quantities.images"),
    ("tokens as a quantity", USAGE, USE | {"quantities": {"input_tokens": 1}}, "quantities.input_tokens"),
    ("21 quantities", USAGE, USE | {"quantities": {f"m{n}": 1 for n in range(21)}}, "quantities"),
    ("quantities in a list", USAGE, USE | {"quantities": [1]}, "quantities"),
    ("51 metadata", USAGE, USE | {"metadata": {f"m{n}": "" for n in range(51)}}, "metadata"),
    ("metadata that is a number", USAGE, USE | {"metadata": {"a": 1}}, "metadata.a"),
    ("metadata with NUL", USAGE, USE | {"metadata": {"a": "\0"}}, "metadata.a"),
    ("metadata with a lone surrogate", USAGE, USE | {"metadata": {"a": Literal('"\\ud800"')}}, "metadata.a"),
    ("metadata of 501 characters", USAGE, USE | {"metadata": {"a": "x" * 501}}, "metadata.a"),
    ("an unknown shortfall", USAGE, USE | {"on_shortfall": "laugh"}, "on_shortfall"),
    ("an unknown field of usage", USAGE, USE | {"tokens": 1}, "tokens"),
    ("an empty model", USAGE, USE | {"model": ""}, "model"),
    ("a batch of 0 items", BATCH, {"mode": "atomic", "items": []}, "items"),
    ("a batch of 1,001 items", BATCH, {"mode": "independent", "items": [USE] * 1001}, "items"),
    ("a batch without a mode", BATCH, {"items": [USE]}, "mode"),
    ("an unknown mode", BATCH, {"mode": "hopeful", "items": [USE]}, "mode"),
    ("a batch without items", BATCH, {"mode": "atomic"}, "items"),
    ("items that are an object", BATCH, {"mode": "atomic", "items": {}}, "items"),
    ("an unknown field of a batch", BATCH, {"mode": "atomic", "items": [USE], "x": 1}, "x"),
    ("a bad item of an atomic batch", BATCH, {"mode": "atomic", "items": [USE, USE | {"amount": 0}]}, "amount"),
    ("an atomic item that is a number", BATCH, {"mode": "atomic", "items": [7]}, "body"),
]  # fmt: skip

BAD_BODIES: list[tuple[str, bytes, str | None, int, str, str]] = [
    # what is wrong, body, content type, status, code, field
    ("not JSON", b'{"user":', "application/json", 400, "malformed_json", "body"),
    ("no body", b"", "application/json", 400, "malformed_json", "body"),
    ("NaN", b'{"amount": NaN}', "application/json", 400, "malformed_json", "body"),
    ("not UTF-8", b'{"user": "\xff"}', "application/json", 400, "malformed_json", "body"),
    ("a byte order mark", b'\xef\xbb\xbf{"amount":1}', "application/json", 400, "malformed_json", "body"),
    ("too deep", b"[" * 200_000, "application/json", 400, "malformed_json", "body"),
    ("a raw control character", b'{"user": "\x01"}', "application/json", 400, "malformed_json", "body"),
    ("a name twice", b'{"amount": 1, "amount": 2}', "application/json", 400, "malformed_json", "amount"),
    ("a name twice, escaped", b'{"amount": 1, "\\u0061mount": 2}', "application/json", 400, "malformed_json", "amount"),
    ("a list", b"[]", "application/json", 422, "invalid", "body"),
    ("null", b"null", "application/json", 422, "invalid", "body"),
    ("a form", b"amount=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type", "Content-Type"),
    ("no content type", b'{"amount": 1}', None, 415, "unsupported_media_type", "Content-Type"),
    ("another charset", b'{"amount": 1}', "application/json; charset=latin-1", 415, "unsupported_media_type", "Content-Type"),
    ("a body over the limit", b" " * (4 * 1024 * 1024 + 1), "application/json", 413, "body_too_large", "body"),
]  # fmt: skip

BAD_QUERIES: list[tuple[str, str, dict[str, str], str, str]] = [
    # what is wrong, path, query, code, field
    ("a page of 0", TRANSACTIONS, {"limit": "0"}, "invalid", "limit"),
    ("a page of 1,001", TRANSACTIONS, {"limit": "1001"}, "invalid", "limit"),
    ("a page of -1", TRANSACTIONS, {"limit": "-1"}, "invalid", "limit"),
    ("a page of ten", TRANSACTIONS, {"limit": "ten"}, "invalid", "limit"),
    ("a page of keys out of range", "/v1/orgs/{org}/api-keys", {"limit": "1001"}, "invalid", "limit"),
    ("a page of cards out of range", CARDS, {"limit": "0"}, "invalid", "limit"),
    ("a made-up cursor", TRANSACTIONS, {"cursor": "AAAA"}, "invalid_cursor", "cursor"),
    ("a cursor that is no base64", TRANSACTIONS, {"cursor": "%%%é"}, "invalid_cursor", "cursor"),
    ("a long cursor", TRANSACTIONS, {"cursor": "A" * 5000}, "invalid_cursor", "cursor"),
    ("an empty cursor", TRANSACTIONS, {"cursor": ""}, "invalid_cursor", "cursor"),
    ("an unknown category", TRANSACTIONS, {"category": "gift"}, "invalid", "category"),
    ("a from that is no time", TRANSACTIONS, {"from": "today"}, "invalid", "from"),
    ("a to that is no time", TRANSACTIONS, {"to": "2026"}, "invalid", "to"),
    ("a user that cannot be", TRANSACTIONS, {"user": "a b"}, "invalid", "user"),
    ("a sequence below 0", TRANSACTIONS, {"min_sequence": "-1"}, "invalid", "min_sequence"),
    ("a balance of nobody", "/v1/billing/balance", {"user": "a\0"}, "invalid", "user"),
    ("a balance in gold", "/v1/billing/balance", {"asset": "gold"}, "invalid", "asset"),
    ("usage of no period", USAGE, {}, "invalid", "period"),
    ("usage of the 13th month", USAGE, {"period": "2026-13"}, "invalid", "period"),
    ("weekly usage", USAGE, {"period": "2026-02", "granularity": "weekly"}, "invalid", "granularity"),
    ("a day that is not", USAGE, {"period": "2026-02-30"}, "invalid", "period"),
    ("a period backwards", USAGE, {"period": "2026-03..2026-02"}, "invalid", "period"),
    (
        "hours of a year",
        USAGE,
        {"period": "2026", "granularity": "hourly"},
        "invalid",
        "period",
    ),
    (
        "days of two years",
        USAGE,
        {"period": "2026-01..2027-02", "granularity": "daily"},
        "invalid",
        "period",
    ),
    ("usage by colour", USAGE, {"period": "2026-02", "group_by": "colour"}, "invalid", "group_by"),
    ("usage by model twice", USAGE, {"period": "2026-02", "group_by": "model,model"}, "invalid", "group_by"),
    ("a misspelt filter", TRANSACTIONS, {"usr": "ada"}, "invalid", "usr"),
    ("a filter where there is none", "/v1/orgs/{org}", {"user": "ada"}, "invalid", "user"),
    ("another's card", CARDS, {"card": "acme"}, "invalid", "card"),
]  # fmt: skip

BAD_PRICES: list[tuple[str, dict[str, Any], str]] = [
    ("no prices", {"prices": []}, "prices"),
    ("a float price", {"prices": [PRICE | {"price": 2.5}]}, "prices.0.price"),
    ("a negative price", {"prices": [PRICE | {"price": "-1"}]}, "prices.0.price"),
    ("13 decimals", {"prices": [PRICE | {"price": "0.0000000000001"}]}, "prices.0.price"),
    ("per 7", {"prices": [PRICE | {"per": 7}]}, "prices.0.per"),
    ("per as text", {"prices": [PRICE | {"per": "1"}]}, "prices.0.per"),
    ("in yen", {"prices": [PRICE | {"currency": "jpy"}]}, "prices.0.currency"),
    ("a meter of spaces", {"prices": [PRICE | {"meter": "a b"}]}, "prices.0.meter"),
    ("no model", {"prices": [PRICE | {"model": ""}]}, "prices.0.model"),
    ("a model turned around", {"prices": [PRICE | {"model": "a\u202eb"}]}, "prices.0.model"),
    ("an unknown field of a price", {"prices": [PRICE, PRICE | {"x": 1}]}, "prices.1.x"),
    ("one price twice", {"prices": [PRICE, PRICE]}, "prices.1"),
    ("no time", {"prices": [PRICE], "effective_from": "soon"}, "effective_from"),
]

BAD_ORGS: list[tuple[str, dict[str, Any], str]] = [
    ("capitals", {"id": "Acme", "name": "x"}, "id"),
    ("64 characters", {"id": "a" * 64, "name": "x"}, "id"),
    ("a slash", {"id": "a/b", "name": "x"}, "id"),
    ("no name", {"id": "acme"}, "name"),
    ("an unknown mode", {"id": "acme", "name": "x", "billing_mode": "none"}, "billing_mode"),
    ("a name with NUL", {"id": "acme", "name": "\0"}, "name"),
    ("a name turned around", {"id": "acme", "name": "a\u202eb"}, "name"),
]

BAD_KEYS: list[tuple[str, dict[str, Any], str]] = [
    ("a name turned around", {"name": "a\u202eb", "role": "admin"}, "name"),
    ("an unknown role", {"name": "x", "role": "king"}, "role"),
    ("a member without a subject", {"name": "x", "role": "member"}, "subject"),
    ("a subject that cannot be", {"name": "x", "role": "member", "subject": "a b"}, "subject"),
    ("a pool as a subject", {"name": "x", "role": "member", "subject": "@pool"}, "subject"),
    ("an unknown field", {"name": "x", "role": "admin", "secret": "mine"}, "secret"),
]
