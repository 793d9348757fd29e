"""Lots: credits that came in together, and the order in which they burn."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

import msgspec

from ledger.kernel.limits import PRIORITY_DEFAULT

NEVER = 2**63 - 1
"""Sorts a lot without expiry after every lot with one."""


class Kind(StrEnum):
    """Where a lot's credits came from."""

    PURCHASED = "purchased"
    INCLUDED = "included"
    FREE = "free"
    PROMOTIONAL = "promotional"
    ADJUSTMENT = "adjustment"


PAID_FOR = frozenset({Kind.PURCHASED, Kind.INCLUDED})
"""Kinds a customer paid for; the others burn before them at the same priority and expiry."""


class Paid(msgspec.Struct, frozen=True):
    """What was paid for a lot, in the currency's smallest unit: for refunds and revenue."""

    amount: int
    currency: str


class Lot(msgspec.Struct, frozen=True, omit_defaults=True):
    """The terms of a lot, fixed when it is granted. Times in microseconds.

    `id` is `<version>-<n>`: the n-th lot of the fact with that version in the wallet's stream.
    `resets`: free credit that was granted for later; when it begins, other free credit ends.
    """

    id: str
    kind: Kind
    amount: int
    effective_us: int
    expires_us: int | None = None
    priority: int = PRIORITY_DEFAULT
    paid: Paid | None = None
    resets: bool = False

    def spendable_at(self, now_us: int) -> bool:
        """Tell whether it is effective and not yet expired: the period is half-open."""
        return self.effective_us <= now_us and (self.expires_us is None or now_us < self.expires_us)

    def expired_at(self, now_us: int) -> bool:
        """Tell whether it is past its expiry."""
        return self.expires_us is not None and self.expires_us <= now_us


class Terms(msgspec.Struct, frozen=True):
    """What a caller asks of a new lot; times in microseconds.

    `period_end_us`: when the period ends that credits of kind included are for.
    """

    kind: Kind
    amount: int
    effective_us: int | None = None
    expires_us: int | None = None
    priority: int = PRIORITY_DEFAULT
    paid: Paid | None = None
    period_end_us: int | None = None


class OpenLot(msgspec.Struct, omit_defaults=True):
    """A lot, what is left of it, and what open holds have set aside of it."""

    terms: Lot
    left: int
    held: int = 0

    def begin(self) -> None:
        """Begin: it has reset what it resets."""
        self.terms = begun(self.terms)

    def gives_way(self, at_us: int) -> bool:
        """Tell whether it is free credit that ends when there is new."""
        terms = self.terms
        free = terms.kind is Kind.FREE and not terms.resets
        return free and self.left > 0 and terms.spendable_at(at_us)


class Slice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of one lot: with its kind, so that a fact's postings need no other fact.

    `effective_us`: of what comes or goes before it is in effect, when that would be.
    """

    lot: str
    kind: Kind
    amount: int
    expires_us: int | None = None
    effective_us: int | None = None


class Returned(msgspec.Struct, frozen=True, omit_defaults=True):
    """Credit that came back to its lots: of it, what expired at once, and what paid debt.

    `lots` came back; `expired` is the part whose lot had expired meanwhile; `repaid` paid debt.
    """

    lots: list[Slice] = []
    expired: list[Slice] = []
    repaid: list[Slice] = []


class KeptPart(msgspec.Struct, frozen=True):
    """How much of a lot a hold keeps as credit of another."""

    hold: str
    amount: int


class Taken(Protocol):
    """What of a slice moves a lot."""

    @property
    def lot(self) -> str: ...
    @property
    def amount(self) -> int: ...


def burn_order(lot: Lot) -> tuple[int, int, bool, int, int, int]:
    """Return the burn order, a total one: priority, expiry (none last), unpaid before paid,
    effective time, id."""
    version, _, index = lot.id.partition("-")
    return (
        lot.priority,
        NEVER if lot.expires_us is None else lot.expires_us,
        lot.kind in PAID_FOR,
        lot.effective_us,
        int(version),
        int(index),
    )


def begun(lot: Lot) -> Lot:
    """Return the terms of a lot that has begun."""
    return msgspec.structs.replace(lot, resets=False) if lot.resets else lot


def slice_of(lot: Lot, amount: int) -> Slice:
    """Return `amount` of a lot."""
    return Slice(lot.id, lot.kind, amount, lot.expires_us)


def slice_at(lot: Lot, amount: int, now_us: int) -> Slice:
    """Return `amount` of a lot that may not be in effect yet."""
    later = lot.effective_us if lot.effective_us > now_us else None
    return Slice(lot.id, lot.kind, amount, lot.expires_us, later)


def total(slices: Iterable[Slice]) -> int:
    """Return the amount of slices together."""
    return sum(part.amount for part in slices)
