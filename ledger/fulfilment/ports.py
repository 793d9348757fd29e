"""The doors of fulfilment, as a Protocol with the promise that it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ledger.fulfilment.carrier import Carrier


class Carriers(Protocol):
    """Who takes shipments. Used by any number of threads."""

    def all(self) -> Sequence[Carrier]:
        """Return every carrier that is known, by id."""

    def tracking_url(self, carrier: str, number: str) -> str | None:
        """Return where a carrier tells how far the shipment of a number is; None: it is not known
        where, or who that is."""
