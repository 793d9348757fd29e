"""Usage: what a caller reported (`Charge`), and what a fact keeps of it for ever (`Line`)."""

from __future__ import annotations

import msgspec

from ledger.credits.lots import Slice

INPUT_TOKENS = "input_tokens"
CACHED_TOKENS = "cached_tokens"
CACHE_WRITE_TOKENS = "cache_write_tokens"
OUTPUT_TOKENS = "output_tokens"


class Rate(msgspec.Struct, frozen=True, omit_defaults=True):
    """The prices a line was rated with.

    `unit_prices` is meter → attodollars (10**-18 USD, 10**-9 microcredit) for one unit.
    """

    card: str
    version: int
    unit_prices: dict[str, int]


class Charge(msgspec.Struct, frozen=True):
    """One metered use with its amount in microcredits, ready to be taken from a wallet."""

    id: str
    fingerprint: str
    user: str
    credential: str
    occurred_us: int
    amount: int
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    quantities: dict[str, int] = {}
    rate: Rate | None = None
    late: bool = False
    metadata: str | None = None
    reject: bool = False
    """Refuse rather than go into debt."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
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


def line_of(charge: Charge, lots: list[Slice], debt: int, balance_after: int) -> Line:
    """The line that a charge became."""
    return Line(
        id=charge.id,
        fingerprint=charge.fingerprint,
        user=charge.user,
        credential=charge.credential,
        occurred_us=charge.occurred_us,
        amount=charge.amount,
        balance_after=balance_after,
        lots=lots,
        debt=debt,
        service=charge.service,
        project=charge.project,
        provider=charge.provider,
        model=charge.model,
        quantities=charge.quantities,
        rate=charge.rate,
        late=charge.late,
        metadata=charge.metadata,
    )
