"""Facts of a cart abandonment."""

from __future__ import annotations

from typing import ClassVar

from ledger.carts.abandoned import AbandonedCarts
from ledger.kernel.aggregate import FirstFact, LedgerAggregate


class AbandonmentFact(LedgerAggregate.Event):
    """Something that was found of abandoned carts."""


class CartsAbandoned(AbandonmentFact, FirstFact):
    """Carts have expired with something in them, and became no order: how many, by the day on which
    they were last changed. Whose they were is not said."""

    TOPIC: ClassVar[str] = "ordering.CartsAbandoned"
    fingerprint: str
    counts: list[AbandonedCarts]
