"""The doors of purchases, as Protocols with the promise each must keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from ledger.purchases.purchase_file import PurchaseFile
from ledger.purchases.reconciliation import Standing


class PurchaseState(NamedTuple):
    """Where a purchase is; `session` and `payment` are the provider's ids, once known."""

    org: str
    id: str
    owner: str
    provider: str
    status: str
    session: str | None
    payment: str | None


class PaidInvoice(NamedTuple):
    """An invoice that a payment was for."""

    org: str
    invoice: str


class PurchaseStates(Protocol):
    """Where purchases are, of every org. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, purchase: str) -> PurchaseState | None:
        """Return where a purchase is."""

    def of_payment(self, provider: str, payment: str) -> PurchaseState | None:
        """Return the purchase that was paid by a payment."""

    def of_session(self, provider: str, session: str) -> PurchaseState | None:
        """Return the purchase that a page was opened for."""

    def of_method(self, method: str) -> tuple[str, str] | None:
        """Return the org and the user whose rule charges a payment method."""

    def invoice_paid_by(self, provider: str, payment: str) -> PaidInvoice | None:
        """Return the invoice that was paid by a payment, if one was."""

    def payments_of(self, provider: str, org: str, invoice: str) -> Sequence[str]:
        """Return the payments that came for an invoice."""

    def waiting(self, provider: str, until_us: int, limit: int) -> Sequence[PurchaseState]:
        """Return those of which a provider has had something to tell since before a time (µs),
        those that wait longest first."""

    def has_any(self, provider: str) -> bool:
        """Tell whether a provider has begun to collect money of any purchase, or may have of a
        subscription."""

    def heard_until(self, provider: str) -> int | None:
        """Return up to when a provider was last asked for what it had told (µs); None: never."""


class Movements(Protocol):
    """What our book says that has moved money at providers, of every org. Used by one thread at a
    time.

    It follows what is recorded. Every method raises Unavailable when the store does not answer.
    """

    def recorded(self) -> Mapping[int, int]:
        """Return up to where events are recorded, by shard."""

    def has_applied(self, recorded: Mapping[int, int]) -> bool:
        """Tell whether it has all that was recorded up to there."""

    def set_aside(self) -> str | None:
        """Return an org of which it cannot go on, if there is one."""

    def moved(self, provider: str, from_us: int, until_us: int) -> Sequence[str]:
        """Return the ids of what has moved money in a time (µs)."""

    def standings(self, provider: str, ids: Sequence[str]) -> Sequence[Standing]:
        """Return what has been moved, at any time, by things of these ids."""

    def payments_of(self, provider: str, org: str, order: str) -> Sequence[str]:
        """Return the payments by which money came for an order, taken or not."""


class PurchaseFiles(Protocol):
    """What is recorded of purchases, for evidence. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, purchase: str) -> PurchaseFile | None:
        """Return all that is recorded of a purchase that was paid; None: not followed so far."""

    def text(self, org: str, digest: str) -> str | None:
        """Return an erasable text; None: it was erased."""
