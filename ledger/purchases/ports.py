"""The doors of purchases, as Protocols with the promise each must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class PurchaseState(NamedTuple):
    """Where a purchase is; `session` and `payment` are the provider's ids, once known."""

    org: str
    id: str
    owner: str
    provider: str
    status: str
    session: str | None
    payment: str | None


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

    def waiting(self, provider: str, until_us: int, limit: int) -> Sequence[PurchaseState]:
        """Return those of which a provider has had something to tell since before a time (µs),
        those that wait longest first."""

    def has_any(self, provider: str) -> bool:
        """Tell whether a provider has begun to collect money of any purchase."""

    def heard_until(self, provider: str) -> int | None:
        """Return up to when a provider was last asked for what it had told (µs); None: never."""
