"""The cart abandonment: which carts of an org a sweep has found that nobody orders any more, as
counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from ledger.carts.abandoned import AbandonedCarts
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import stream_id
from ledger.ordering import cart_abandonment_facts

ABANDONMENT_STREAM = "abandonment"


class CartAbandonment(LedgerAggregate):
    """What one sweep has found in an org."""

    TOPIC: ClassVar[str] = "ordering.CartAbandonment"
    STREAM: ClassVar[str] = f"{ABANDONMENT_STREAM}/"

    def __init__(self, counts: list[AbandonedCarts]) -> None:
        self.counts = counts

    Event = cart_abandonment_facts.AbandonmentFact

    CartsAbandoned = cart_abandonment_facts.CartsAbandoned

    @classmethod
    def count(
        cls,
        org: str,
        sweep: str,
        counts: Sequence[AbandonedCarts],
        at: datetime,
        *,
        fingerprint: str,
    ) -> CartAbandonment:
        """Record what a sweep has found."""
        return cls._create(
            cls.CartsAbandoned,
            id=stream_id(org, ABANDONMENT_STREAM, sweep),
            timestamp=at,
            fingerprint=fingerprint,
            counts=list(counts),
        )
