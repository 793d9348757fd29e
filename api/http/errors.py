"""Errors: what only a request can get wrong, as leaves of the ledger's error tree."""

from __future__ import annotations

from typing import ClassVar

from ledger.kernel.errors import Invalid, NotFound, Refusal, Unavailable


class MalformedRequest(Refusal):
    """What came is not a request of HTTP/1.1."""

    code = "malformed_request"


class RequestTimeout(Refusal):
    """The request did not come in time."""

    code = "request_timeout"


class HeadTooLarge(Refusal):
    """The head of the request is over the limit."""

    code = "head_too_large"


class MalformedJson(Refusal):
    """The body is not JSON, or repeats a name."""

    code = "malformed_json"


class UnsupportedMediaType(Refusal):
    """The body is not declared as application/json."""

    code = "unsupported_media_type"


class BodyTooLarge(Refusal):
    """The body is over the limit."""

    code = "body_too_large"


class NoSuchRoute(NotFound):
    """There is nothing at this path."""

    code = "no_such_route"


class MethodNotAllowed(Refusal):
    """The path exists, but not with this method."""

    code = "method_not_allowed"


class InvalidCursor(Invalid):
    """The cursor is not one this list gave for these filters."""

    code = "invalid_cursor"


class RateLimited(Refusal):
    """A key, a user or an org has asked for as much as it may for now."""

    code = "rate_limited"
    shown: ClassVar = {"limit": "balance", "retry_after": 17}


class TooManyReads(Refusal):
    """The org has as many long reads as one may have at once."""

    code = "too_many_reads"


class IssuerUnavailable(Unavailable):
    """The issuer of a token gives no keys to verify it with."""

    code = "issuer_unavailable"
