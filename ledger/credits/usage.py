"""Usage: what a caller reported (`Use`), and what a fact keeps of it for ever (`UsageLine`)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.credits.lots import Slice
from ledger.kernel.texts import Text

LINES = "usage"
"""The key space of usage line ids."""

INPUT_TOKENS = "input_tokens"
CACHED_TOKENS = "cached_tokens"
CACHE_WRITE_TOKENS = "cache_write_tokens"
OUTPUT_TOKENS = "output_tokens"


class Rate(msgspec.Struct, frozen=True, omit_defaults=True):
    """The prices a line was rated with.

    `unit_prices` is meter → attodollars (10**-18 USD, 10**-9 microcredit) for one unit, the last
    one. `used_before`, where the price counts over a month: meter → units counted there before.
    """

    card: str
    version: int
    unit_prices: dict[str, int]
    used_before: dict[str, int] = {}


class Labels(NamedTuple):
    """What a use is for, as reports and caps tell uses apart."""

    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None


UNLABELLED = Labels()


class Use(msgspec.Struct, frozen=True):
    """One use as a caller reported it, checked; the member it is for is known.

    Made by name, yet not `kw_only`: pickled as one, a use takes far longer to cross to the
    process that writes.
    """

    id: str
    fingerprint: str
    user: str
    occurred_us: int | None = None
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    quantities: dict[str, int] = {}
    amount: int | None = None
    reject: bool = False
    """Refuse rather than go into debt."""
    metadata: Text | None = None

    @property
    def content(self) -> str | None:
        """The erasable text that came with it."""
        return self.metadata.content if self.metadata else None


class RatedUse(msgspec.Struct, frozen=True):
    """A use with its amount in microcredits, ready to be taken from a wallet."""

    use: Use
    credential: str
    occurred_us: int
    amount: int
    rate: Rate | None = None
    late: bool = False


class UsageLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One usage line as it stays for ever: everything that an old fact could never gain later.

    `lots` are the slices that paid, in burn order; `debt` is the part nothing covered; `metadata`
    is the salted digest of an erasable text. `cached_tokens` and `cache_write_tokens` among the
    `quantities` are parts of `input_tokens`.
    """

    id: str
    fingerprint: str
    user: str
    credential: str
    occurred_us: int
    amount: int
    balance_after: int
    lots: list[Slice] = []
    debt: int = 0
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    quantities: dict[str, int] = {}
    rate: Rate | None = None
    late: bool = False
    metadata: str | None = None


def line_of(charge: RatedUse, lots: list[Slice], debt: int, balance_after: int) -> UsageLine:
    """Return the line that a charge became."""
    use = charge.use
    return UsageLine(
        use.id,
        use.fingerprint,
        use.user,
        charge.credential,
        charge.occurred_us,
        charge.amount,
        balance_after,
        lots,
        debt,
        use.service,
        use.project,
        use.provider,
        use.model,
        use.quantities,
        charge.rate,
        charge.late,
        use.metadata.digest if use.metadata else None,
    )
