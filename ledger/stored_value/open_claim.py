"""The open claim: what an order has set aside of a stored value, until it is settled, released, or
time ends it."""

from __future__ import annotations

import msgspec

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import CLAIM_MAX_US


class OpenClaim(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order's, of an amount. 0 as `ends_us`: time does not end it."""

    order: str
    amount: int
    ends_us: int = 0

    def has_ended(self, now_us: int) -> bool:
        """Tell whether time has ended it, recorded or not."""
        return 0 < self.ends_us <= now_us


def end_of(now_us: int, lasts_us: int | None) -> int:
    """Return when a claim ends that lasts so long from now on. Raises Invalid."""
    if lasts_us is None:
        return 0
    if not 0 < lasts_us <= CLAIM_MAX_US:
        raise Invalid("expires_in must be more than zero, at most seven days.", field="expires_in")
    return now_us + lasts_us
