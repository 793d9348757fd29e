"""Problem schemas: how each kind of error looks as an answer, and which an operation may answer.

All of it is made from the error tree and `schemas/errors.yaml`: a class has its code and the facts
that come with it, the list its status and title.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from api.http import errors as http
from api.http.limits.standing import LEFT, POLICY
from api.http.problems import PROBLEM_JSON, described, problem_of
from api.http.requests import SCHEMA_REF
from ledger.kernel import errors
from ledger.kernel.errors import LedgerError
from ledger.ports import StoreFull
from ledger.proof.sealing import NotAnExtension
from ledger.proof.tiles import TileMissing
from ledger.registry import UnknownFact, UnreadableFact

Kind = type[LedgerError]
Schema = dict[str, Any]

RESPONSE_REF = "#/components/responses/{name}"
_MARK = "x-may-answer"

OF_CONNECTIONS: tuple[Kind, ...] = (
    http.MalformedRequest,
    http.RequestTimeout,
    http.HeadTooLarge,
    errors.Busy,
    errors.Unavailable,
    errors.Failed,
)
"""What may be answered to any request."""

OF_CALLERS: tuple[Kind, ...] = (
    errors.Unauthenticated,
    errors.CredentialExpired,
    http.IssuerUnavailable,
    errors.Forbidden,
    errors.MissingInput,
    errors.NotFound,
    errors.Invalid,
    http.RateLimited,
)
"""Where a credential is asked for, in an org that is named."""

OF_BODIES: tuple[Kind, ...] = (
    http.MalformedJson,
    http.UnsupportedMediaType,
    http.BodyTooLarge,
    errors.Invalid,
)
OF_COMMANDS: tuple[Kind, ...] = (
    errors.KeyReused,
    errors.Archived,
    StoreFull,
    errors.ClockSkewed,
)
"""Where something is recorded under a key."""

OF_STORED: tuple[Kind, ...] = (NotAnExtension, TileMissing, UnknownFact, UnreadableFact)
"""Where what is stored is read again: it may have been tampered with."""

OF_PAGES: tuple[Kind, ...] = (http.InvalidCursor,)
OF_READ_MODELS: tuple[Kind, ...] = (errors.ReadModelBehind, http.TooManyReads)
"""Where a list is asked to have reached a sequence."""

_RETRY_AFTER: Schema = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
HEADERS: dict[str, Schema] = {
    POLICY: {
        "description": "The limits that are told of: amount, window, unit (docs/limits.md).",
        "schema": {"type": "string"},
    },
    LEFT: {
        "description": "What is left of each, and for how many seconds no more.",
        "schema": {"type": "string"},
    },
}
LIMIT_HEADERS: Schema = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
"""Of answers that tell of limits: refusals, and what was let through."""

_HEADERS: dict[HTTPStatus, Schema] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    HTTPStatus.TOO_MANY_REQUESTS: _RETRY_AFTER | LIMIT_HEADERS,
    HTTPStatus.SERVICE_UNAVAILABLE: _RETRY_AFTER,
}


def may_answer(*kinds: Kind) -> dict[str, Any]:
    """Return what a route may answer that its signature does not say, as its `openapi_extra`."""
    return {_MARK: [kind.code for kind in kinds]}


def take_marked(operation: dict[str, Any]) -> list[Kind]:
    """Return what a route said with `may_answer`, taken out of its operation."""
    by_code = {kind.code: kind for kind in kinds()}
    return [by_code[code] for code in operation.pop(_MARK, ())]


def kinds() -> list[Kind]:
    """Return every kind of error that a caller can meet, by its code."""
    found = {*_below(errors.Refusal), *_below(errors.Unavailable), *OF_STORED, errors.Failed}
    return sorted(found, key=lambda kind: kind.code)


def _below(kind: Kind) -> list[Kind]:
    """A class without a code of its own is answered as the one above it."""
    ours = kind.__module__.split(".")[0] in ("ledger", "api") and "code" in vars(kind)
    return [kind] * ours + [each for below in kind.__subclasses__() for each in _below(below)]


def schemas() -> dict[str, Schema]:
    """Return the schema of each kind, and that of any."""
    found = {_name(kind): _schema(kind) for kind in kinds()}
    refs = {kind.code: _ref(kind)["$ref"] for kind in kinds()}
    found["Problem"] = {
        "description": "RFC 9457; docs/errors.md says of every code whether to send again.",
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "code", "mapping": refs},
    }
    return found


def responses(found: Iterable[Kind]) -> dict[str, dict[str, Schema]]:
    """Return what an operation that may answer these says of each status: the response by its
    name."""
    by_status: dict[HTTPStatus, set[Kind]] = defaultdict(set)
    for kind in found:
        by_status[described(kind).status].add(kind)
    return {
        str(int(status)): _response(status, sorted(alike, key=lambda kind: kind.code))
        for status, alike in sorted(by_status.items())
    }


def _response(status: HTTPStatus, alike: list[Kind]) -> dict[str, Schema]:
    refs = [_ref(kind) for kind in alike]
    schema = refs[0] if len(refs) == 1 else {"oneOf": refs}
    response: Schema = {
        "description": " ".join(f"{described(kind).title} (`{kind.code}`)." for kind in alike),
        "content": {PROBLEM_JSON: {"schema": schema}},
    }
    if status in _HEADERS:
        response["headers"] = _HEADERS[status]
    return {"_or_".join(kind.code for kind in alike): response}


def _schema(kind: Kind) -> Schema:
    error = kind(f"{described(kind).title}.")
    error.facts.update(kind.shown)
    example = problem_of(error)
    own = {name: _type_of(value) for name, value in example.items() if name not in _COMMON}
    fixed = {name: {"const": example[name]} for name in ("type", "status", "code")}
    schema: Schema = {
        "title": described(kind).title,
        "type": "object",
        "required": list(example),
        "properties": {**_COMMON, **fixed, **own},
        "examples": [example],
    }
    if issubclass(kind, errors.Refusal):
        schema["properties"]["index"] = _INDEX
    for name, word in kind.sometimes.items():
        schema["properties"][name] = {"const": word}
    return schema


_TEXT: Schema = {"type": "string"}
_COMMON: dict[str, Schema] = {
    "type": _TEXT,
    "title": _TEXT,
    "status": {"type": "integer"},
    "detail": {"type": "string", "description": "A sentence for a person; it may change."},
    "code": _TEXT,
    "field": {"type": "string", "description": "The input at fault."},
}
_INDEX: Schema = {
    "type": "integer",
    "minimum": 0,
    "description": "Of a refused atomic batch: which item is the first at fault.",
}


def _type_of(value: object) -> Schema:
    if value is None:
        return {"type": ["string", "null"]}
    return {"type": "integer"} if isinstance(value, int) else _TEXT


def _name(kind: Kind) -> str:
    return f"{kind.__name__}Problem"


def _ref(kind: Kind) -> Schema:
    return {"$ref": SCHEMA_REF.format(name=_name(kind))}
