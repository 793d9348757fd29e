"""The policy of an org's purchases: how long they can be refunded, and which are looked at."""

from __future__ import annotations

import msgspec

from ledger.kernel.money import CREDIT_SCALE
from ledger.kernel.times import DAY_US


class Policy(msgspec.Struct, frozen=True):
    """What an org has decided of purchases.

    `hourly`: purchases of one user in an hour, and `daily_credits`: microcredits bought in 24 hours
    (without bonuses), beyond which a purchase is reviewed; `holds_back`: its credits come only
    then. `sends_evidence`: without being asked, when a payment is disputed.
    """

    refund_days: int = 14
    hourly: int = 5
    daily_credits: int = 500_000 * 10**CREDIT_SCALE
    holds_back: bool = False
    sends_evidence: bool = False

    @property
    def refund_window_us(self) -> int:
        """How long after it was paid something can be refunded."""
        return self.refund_days * DAY_US
