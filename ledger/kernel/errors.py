"""The errors: every way a command can be refused, as one tree.

LedgerError
├── Refusal                   the command is wrong or not allowed now; nothing was recorded
│   ├── Invalid               a field does not have the form it must have
│   │   ├── KeyReused         the same idempotency key came with other content
│   │   ├── PriceNotFound     no rate card prices this model and meter
│   │   ├── RefundWindowClosed  what was bought was paid too long ago to be refunded
│   │   └── MissingInput      something the request cannot do without is absent
│   ├── Unauthenticated       no credential, or one that is not ours
│   │   └── CredentialExpired the credential was ours until a moment that has passed
│   ├── Forbidden             the credential may not do this
│   ├── NotFound              no such thing in this org
│   ├── Conflict              the thing exists already, or has already ended
│   │   └── CartChanged       an order costs something else than its buyer was told
│   ├── PaymentDeclined       the money of an order does not come
│   ├── TooManyHolds          so many holds are open that some must end first
│   ├── TooManyLots           the wallet has so many open lots that some must be used up first
│   ├── Archived              it was done, so long ago that its event is in an archive
│   ├── InsufficientCredits   the wallet does not hold enough
│   ├── OutOfStock            fewer units of a SKU can be taken than are required
│   ├── Suspended             the wallet, or the member's own in a shared org, is suspended
│   └── CapExceeded           a spend cap leaves no room
├── Unavailable               the outcome is unknown or the service is busy: send the same again
│   ├── Busy                  too many commands are waiting
│   ├── ClockSkewed           this machine's clock is not the database's
│   ├── ReadModelBehind       a list has not caught up with the sequence asked for
│   └── NotSealed             no checkpoint covers yet what is to be proven
└── Failed                    a fault of ours, which the same again would meet again

The HTTP status and the title of each stand in `schemas/errors.yaml` and nowhere else.
"""

from collections.abc import Mapping
from typing import ClassVar


class LedgerError(Exception):
    """Root of all errors of the ledger; its text is a sentence for the caller.

    `code` is stable, `field` names the input at fault, `facts` are extra members of the answer.
    """

    code: ClassVar[str] = "ledger_error"
    shown: ClassVar[Mapping[str, object]] = {}
    """The facts of this kind of error, with an example of each."""

    sometimes: ClassVar[Mapping[str, str]] = {}
    """Those that only some of them have: the one word that each says then."""

    def __init__(self, detail: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        return _raised, (type(self), self.detail, self.field, self.facts)


def _raised(
    kind: type[LedgerError], detail: str, field: str | None, facts: dict[str, object]
) -> LedgerError:
    """Return an error as it was raised in another process."""
    error = kind(detail)
    error.field, error.facts = field, facts
    return error


class NoLedger(LedgerError):
    """No ledger is where one was named, and none may be made there."""

    code = "no_ledger"


class Refusal(LedgerError):
    """The command was not carried out, and nothing was recorded."""

    code = "refused"


class Invalid(Refusal):
    """A field does not have the form it must have."""

    code = "invalid"

    def at(self, prefix: str) -> "Invalid":
        """Return the same refusal, its field seen from an enclosing object."""
        self.field = f"{prefix}.{self.field}" if self.field else prefix
        return self


class KeyReused(Invalid):
    """The same idempotency key came with other content."""

    code = "idempotency_key_reused"


class PriceNotFound(Invalid):
    """No rate card prices this model and meter, and usage is never free by accident."""

    code = "price_not_found"


class RefundWindowClosed(Invalid):
    """What was bought was paid too long ago to be refunded."""

    code = "refund_window_closed"
    shown: ClassVar = {"closed_at": "2026-02-15T12:00:00.000000Z"}


class MissingInput(Invalid):
    """Something the request cannot do without is absent."""

    code = "missing_input"


class Unauthenticated(Refusal):
    """No credential, or one that is not ours."""

    code = "unauthenticated"


class CredentialExpired(Unauthenticated):
    """The credential was ours until a moment that has passed."""

    code = "credential_expired"


class Forbidden(Refusal):
    """The credential may not do this."""

    code = "forbidden"


class NotFound(Refusal):
    """No such thing in this org."""

    code = "not_found"


class Conflict(Refusal):
    """The thing exists already, or has already ended."""

    code = "conflict"


class CartChanged(Conflict):
    """An order costs something else than its buyer was told: nothing was placed."""

    code = "cart_changed"
    shown: ClassVar = {"total": "12.50", "currency": "usd"}


class PaymentDeclined(Refusal):
    """The money of an order does not come: one that was not confirmed has failed, and holds
    nothing."""

    code = "payment_declined"
    shown: ClassVar = {"order": "ord_0123456789abcdef01234567", "reason": "insufficient_funds"}


class TooManyHolds(Refusal):
    """So many holds are open that some must end first: ask again later."""

    code = "too_many_holds"


class TooManyLots(Refusal):
    """The wallet has so many open lots that some must be used up or cleared first."""

    code = "too_many_lots"


class Archived(Refusal):
    """It was done long ago, and its event is in an archive: it is never done again."""

    code = "archived"


class InsufficientCredits(Refusal):
    """The wallet does not hold enough."""

    code = "insufficient_credits"
    shown: ClassVar = {"available": "1", "required": "3.5", "missing": "2.5"}
    sometimes: ClassVar = {
        "auto_recharge": "pending",
        "credit_line": "5000",
        "credit_line_left": "0",
    }
    wallet: str | None = None
    """The stream of one that buys credit by itself, within the process that has decided."""


class OutOfStock(Refusal):
    """Fewer units of a SKU can be taken than are required."""

    code = "out_of_stock"
    shown: ClassVar = {"sku": "MUG-BLUE", "available": 1, "required": 3}


class Suspended(Refusal):
    """The wallet is suspended: it admits nothing until it is resumed."""

    code = "wallet_suspended"


class CapExceeded(Refusal):
    """A hard spend cap leaves no room."""

    code = "cap_exceeded"
    shown: ClassVar = {"cap": "each-user", "available": "1", "required": "3.5", "missing": "2.5"}


class Unavailable(LedgerError):
    """The outcome is unknown or the service is busy: send the same again."""

    code = "unavailable"


class Busy(Unavailable):
    """Too many commands are waiting."""

    code = "busy"


class ClockSkewed(Unavailable):
    """This machine's clock is too far from the database's to date events."""

    code = "clock_skewed"


class ReadModelBehind(Unavailable):
    """A list has not caught up with the sequence asked for."""

    code = "read_model_behind"
    shown: ClassVar = {"as_of_sequence": 41}


class NotSealed(Unavailable):
    """No checkpoint covers yet what is to be proven."""

    code = "not_sealed"


class Failed(LedgerError):
    """A fault of this service: the same again would meet it again."""

    code = "failed"
