"""Problems by code.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from decimal import Decimal

from tallystick.problem import Problem


class Archived(Problem):
    """It was done long ago, and its event is in an archive: it is never done again."""

    code = "archived"
    status = 410


class BadNote(Problem):
    """Not a signed note, or no known key signed it."""

    code = "bad_note"
    status = 422


class BodyTooLarge(Problem):
    """The body is over the limit."""

    code = "body_too_large"
    status = 413


class Busy(Problem):
    """Too many commands are waiting."""

    code = "busy"
    status = 503
    may_be_sent_again = True


class CapExceeded(Problem):
    """A hard spend cap leaves no room."""

    code = "cap_exceeded"
    status = 402

    @property
    def cap(self) -> str:
        """The `cap` of this problem."""
        return str(self._text("cap"))

    @property
    def available(self) -> Decimal:
        """The `available` of this problem."""
        return self._decimal("available")

    @property
    def required(self) -> Decimal:
        """The `required` of this problem."""
        return self._decimal("required")

    @property
    def missing(self) -> Decimal:
        """The `missing` of this problem."""
        return self._decimal("missing")

    @property
    def billing_url(self) -> str | None:
        """The `billing_url` of this problem."""
        return self._text("billing_url")


class CartChanged(Problem):
    """The order costs something else than its buyer was told."""

    code = "cart_changed"
    status = 409

    @property
    def total(self) -> str:
        """The `total` of this problem."""
        return str(self._text("total"))

    @property
    def currency(self) -> str:
        """The `currency` of this problem."""
        return str(self._text("currency"))


class ClockSkewed(Problem):
    """This machine's clock is too far from the database's to date events."""

    code = "clock_skewed"
    status = 503
    may_be_sent_again = True


class Conflict(Problem):
    """The thing exists already, or has already ended."""

    code = "conflict"
    status = 409


class CredentialExpired(Problem):
    """The credential was ours until a moment that has passed."""

    code = "credential_expired"
    status = 401


class Failed(Problem):
    """A fault of this service: the same again would meet it again."""

    code = "failed"
    status = 500


class Forbidden(Problem):
    """The credential may not do this."""

    code = "forbidden"
    status = 403


class Forged(Problem):
    """What came is not signed by the provider of payments."""

    code = "forged"
    status = 400


class HeadTooLarge(Problem):
    """The head of the request is over the limit."""

    code = "head_too_large"
    status = 431


class KeyReused(Problem):
    """The same idempotency key came with other content."""

    code = "idempotency_key_reused"
    status = 422


class InsufficientCredits(Problem):
    """The wallet does not hold enough."""

    code = "insufficient_credits"
    status = 402

    @property
    def available(self) -> Decimal:
        """The `available` of this problem."""
        return self._decimal("available")

    @property
    def required(self) -> Decimal:
        """The `required` of this problem."""
        return self._decimal("required")

    @property
    def missing(self) -> Decimal:
        """The `missing` of this problem."""
        return self._decimal("missing")

    @property
    def billing_url(self) -> str | None:
        """The `billing_url` of this problem."""
        return self._text("billing_url")

    @property
    def auto_recharge(self) -> str | None:
        """The `auto_recharge` of this problem."""
        return self._text("auto_recharge")

    @property
    def credit_line(self) -> str | None:
        """The `credit_line` of this problem."""
        return self._text("credit_line")

    @property
    def credit_line_left(self) -> str | None:
        """The `credit_line_left` of this problem."""
        return self._text("credit_line_left")


class Invalid(Problem):
    """A field does not have the form it must have."""

    code = "invalid"
    status = 422


class InvalidCursor(Problem):
    """The cursor is not one this list gave for these filters."""

    code = "invalid_cursor"
    status = 422


class IssuerUnavailable(Problem):
    """The issuer of a token gives no keys to verify it with."""

    code = "issuer_unavailable"
    status = 503
    may_be_sent_again = True


class MalformedJson(Problem):
    """The body is not JSON, or repeats a name."""

    code = "malformed_json"
    status = 400


class MalformedRequest(Problem):
    """What came is not a request of HTTP/1.1."""

    code = "malformed_request"
    status = 400


class MethodNotAllowed(Problem):
    """The path exists, but not with this method."""

    code = "method_not_allowed"
    status = 405


class MissingInput(Problem):
    """Something the request cannot do without is absent."""

    code = "missing_input"
    status = 400


class NoSuchRoute(Problem):
    """There is nothing at this path."""

    code = "no_such_route"
    status = 404


class NotAnExtension(Problem):
    """What is stored does not extend what was sealed: nothing is signed."""

    code = "not_an_extension"
    status = 500


class NotFound(Problem):
    """No such thing in this org."""

    code = "not_found"
    status = 404


class NotSealed(Problem):
    """No checkpoint covers yet what is to be proven."""

    code = "not_sealed"
    status = 503
    may_be_sent_again = True


class OutOfStock(Problem):
    """Fewer units can be taken than are required."""

    code = "out_of_stock"
    status = 409

    @property
    def sku(self) -> str:
        """The `sku` of this problem."""
        return str(self._text("sku"))

    @property
    def available(self) -> Decimal:
        """The `available` of this problem."""
        return self._decimal("available")

    @property
    def required(self) -> Decimal:
        """The `required` of this problem."""
        return self._decimal("required")


class PaymentDeclined(Problem):
    """The payment was declined."""

    code = "payment_declined"
    status = 402

    @property
    def order(self) -> str:
        """The `order` of this problem."""
        return str(self._text("order"))

    @property
    def reason(self) -> str:
        """The `reason` of this problem."""
        return str(self._text("reason"))

    @property
    def billing_url(self) -> str | None:
        """The `billing_url` of this problem."""
        return self._text("billing_url")


class PriceNotFound(Problem):
    """No rate card prices this model and meter, and usage is never free by accident."""

    code = "price_not_found"
    status = 422


class RateLimited(Problem):
    """As much was asked for as may be for now."""

    code = "rate_limited"
    status = 429
    may_be_sent_again = True

    @property
    def limit(self) -> str:
        """The `limit` of this problem."""
        return str(self._text("limit"))

    @property
    def retry_after(self) -> str:
        """The `retry_after` of this problem."""
        return str(self._text("retry_after"))


class ReadModelBehind(Problem):
    """A list has not caught up with the sequence asked for."""

    code = "read_model_behind"
    status = 503
    may_be_sent_again = True

    @property
    def as_of_sequence(self) -> str:
        """The `as_of_sequence` of this problem."""
        return str(self._text("as_of_sequence"))


class RefundWindowClosed(Problem):
    """What was bought was paid too long ago to be refunded."""

    code = "refund_window_closed"
    status = 422

    @property
    def closed_at(self) -> str:
        """The `closed_at` of this problem."""
        return str(self._text("closed_at"))


class Refusal(Problem):
    """The command was not carried out, and nothing was recorded."""

    code = "refused"
    status = 422


class RequestTimeout(Problem):
    """The request did not come in time."""

    code = "request_timeout"
    status = 408
    may_be_sent_again = True


class StoreFull(Problem):
    """The store has no room for anything now; nothing was written."""

    code = "store_full"
    status = 503
    may_be_sent_again = True


class TileMissing(Problem):
    """A stored tile is absent or too short for the tree it belongs to."""

    code = "tile_missing"
    status = 500


class TooManyHolds(Problem):
    """So many holds are open that some must end first: ask again later."""

    code = "too_many_holds"
    status = 429


class TooManyLots(Problem):
    """The wallet has so many open lots that some must be used up or cleared first."""

    code = "too_many_lots"
    status = 409


class TooManyReads(Problem):
    """The org has as many long reads as one may have at once."""

    code = "too_many_reads"
    status = 429
    may_be_sent_again = True


class Unauthenticated(Problem):
    """No credential, or one that is not ours."""

    code = "unauthenticated"
    status = 401


class Unavailable(Problem):
    """The outcome is unknown or the service is busy: send the same again."""

    code = "unavailable"
    status = 503
    may_be_sent_again = True


class UnknownFact(Problem):
    """An event of a type that this version of the software does not know."""

    code = "unknown_fact"
    status = 500


class UnreadableFact(Problem):
    """An event whose body is not what its type says."""

    code = "unreadable_fact"
    status = 500


class UnsupportedMediaType(Problem):
    """The body is not declared as application/json."""

    code = "unsupported_media_type"
    status = 415


class Suspended(Problem):
    """The wallet is suspended: it admits nothing until it is resumed."""

    code = "wallet_suspended"
    status = 402

    @property
    def billing_url(self) -> str | None:
        """The `billing_url` of this problem."""
        return self._text("billing_url")
