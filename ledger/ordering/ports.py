"""The doors of orders, as a Protocol with the promise that each must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ledger.ordering.order_file import OrderFile


class OrderState(NamedTuple):
    """Where an order is; `session` and `payment` are the provider's ids, once known."""

    org: str
    id: str
    status: str
    session: str | None
    payment: str | None


class OrderStates(Protocol):
    """Where orders are, of every org. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, order: str) -> OrderState | None:
        """Return where an order is."""

    def waiting(self, provider: str, until_us: int, limit: int) -> Sequence[OrderState]:
        """Return those of which a provider has had something to tell since before a time (µs),
        those that wait longest first."""


class OrderFiles(Protocol):
    """What is recorded of orders, for evidence. Used by one thread at a time.

    Every method raises Unavailable when the store does not answer.
    """

    def of(self, org: str, order: str) -> OrderFile | None:
        """Return all that is recorded of an order; None: not followed so far."""

    def text(self, org: str, digest: str) -> str | None:
        """Return an erasable text; None: it was erased."""
