"""Months: what was used of a meter in one, which the price of the next unit may depend on.

A line counts where it is charged by a price with `tier_scope` month, in the month of its time of
use, and for ever: giving money back takes no work back.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.kernel.times import month_of
from ledger.rating.names import lowered
from ledger.rating.rate_card_prices import Price, TierOver

ORG_WIDE = ""
"""The payer of a counter over all that an org has used."""


class MeterKey(NamedTuple):
    """One counter of one meter.

    `provider` is empty where the price is for any; `month` is that of the time of use, in UTC, as
    2026-02.
    """

    org: str
    payer: str
    provider: str
    model: str
    meter: str
    month: str


def key_of(price: Price, org: str, payer: str, occurred_us: int) -> MeterKey:
    """Return the counter that a price counts a use in: by what it names, whatever version it is
    of."""
    whose = payer if price.tier_over is TierOver.PAYER else ORG_WIDE
    provider = lowered(price.provider) or ""
    return MeterKey(org, whose, provider, price.model, price.meter, month_of(occurred_us))
