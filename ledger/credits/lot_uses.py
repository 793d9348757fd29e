"""Uses of lots: what facts take of lots of bought credits, and give back to them: one pure function
of a fact. What goes to another wallet, or is set aside, is not used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.credits.adjustments import CreditsAdjusted, CreditsWithdrawn
from ledger.credits.conversions import CreditsConverted
from ledger.credits.debits import UsageRecorded
from ledger.credits.deposits import CreditsDeposited, CreditsGranted
from ledger.credits.due import CreditsTookEffect
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.holds import HoldCaptured, HoldReleased, LapsedHoldCaptured
from ledger.credits.lot_expiry import LotsExpired
from ledger.credits.lots import Kind, Lot, Returned, Slice
from ledger.credits.refunds import CreditsPutBack, CreditsRefunded
from ledger.credits.reversals import CreditReversed, Restored, UsageReversed
from ledger.credits.take_backs import CreditsRestored, CreditsTakenBack
from ledger.credits.transactions import wallet_of
from ledger.credits.transfers import CreditsReceived
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType


class LotUse(NamedTuple):
    """What became of a lot, in the asset's smallest unit; below zero where it came back. `used`:
    for work, or for a debt of work; `expired`: unused, or withdrawn; `returned`: with its money;
    `taken`: while its money is away."""

    owner: str
    asset: str
    lot: str
    used: int = 0
    expired: int = 0
    returned: int = 0
    taken: int = 0


@ByType
def lot_uses_of(fact: Fact) -> list[LotUse]:
    """Return what a fact does to lots of bought credits; most kinds of facts do nothing."""
    return []


@lot_uses_of.register
def _deposited(fact: CreditsDeposited) -> list[LotUse]:
    return _arrived(fact, fact.lot, fact.repaid)


@lot_uses_of.register
def _granted(fact: CreditsGranted) -> list[LotUse]:
    return _arrived(fact, fact.lot, fact.repaid)


@lot_uses_of.register
def _adjusted(fact: CreditsAdjusted) -> list[LotUse]:
    return _arrived(fact, fact.lot, fact.repaid)


@lot_uses_of.register
def _converted(fact: CreditsConverted) -> list[LotUse]:
    return _arrived(fact, fact.lot, fact.repaid)


@lot_uses_of.register
def _received(fact: CreditsReceived) -> list[LotUse]:
    return _used(fact, fact.repaid)


@lot_uses_of.register
def _took_effect(fact: CreditsTookEffect) -> list[LotUse]:
    return _used(fact, fact.repaid)


@lot_uses_of.register
def _recorded(fact: UsageRecorded) -> list[LotUse]:
    return _used(fact, [part for line in fact.lines for part in line.lots])


@lot_uses_of.register
def _captured(fact: HoldCaptured) -> list[LotUse]:
    return _used(fact, fact.line.lots) + _came_back(fact, fact.returned)


@lot_uses_of.register
def _lapsed_captured(fact: LapsedHoldCaptured) -> list[LotUse]:
    return _used(fact, fact.line.lots)


@lot_uses_of.register
def _released(fact: HoldReleased) -> list[LotUse]:
    return _came_back(fact, fact.returned)


@lot_uses_of.register
def _hold_expired(fact: HoldExpired) -> list[LotUse]:
    return _came_back(fact, fact.returned)


@lot_uses_of.register
def _expired(fact: LotsExpired) -> list[LotUse]:
    return _gone(fact, fact.lots)


@lot_uses_of.register
def _withdrawn(fact: CreditsWithdrawn) -> list[LotUse]:
    return _gone(fact, fact.lots)


@lot_uses_of.register
def _refunded(fact: CreditsRefunded) -> list[LotUse]:
    part = fact.part
    return [LotUse(*wallet_of(fact), part.lot, returned=part.amount)]


@lot_uses_of.register
def _put_back(fact: CreditsPutBack) -> list[LotUse]:
    return _came_back(fact, fact.returned)


@lot_uses_of.register
def _taken_back(fact: CreditsTakenBack) -> list[LotUse]:
    wallet = wallet_of(fact)
    taken = [LotUse(*wallet, part.lot, taken=part.amount) for part in fact.lots]
    return taken + _used(fact, fact.repaid)


@lot_uses_of.register
def _restored(fact: CreditsRestored) -> list[LotUse]:
    """Whether a lot gets back what was taken of it, or what it had paid for, is told where all of
    it is known."""
    back = [each._replace(taken=-amount) for each, amount in _back_to(fact, fact.restored)]
    return back + _gone(fact, fact.expired) + _used(fact, fact.repaid)


@lot_uses_of.register
def _usage_reversed(fact: UsageReversed) -> list[LotUse]:
    back = [each._replace(used=-amount) for each, amount in _back_to(fact, fact.restored)]
    return back + _gone(fact, fact.expired) + _used(fact, fact.repaid)


@lot_uses_of.register
def _credit_reversed(fact: CreditReversed) -> list[LotUse]:
    gone = [each._replace(returned=amount) for each, amount in _of(fact, fact.withdrawn)]
    return gone + _used(fact, fact.repaid)


def _arrived(fact: Fact, lot: Lot, repaid: int) -> list[LotUse]:
    if not repaid or lot.kind is not Kind.PURCHASED:
        return []
    return [LotUse(*wallet_of(fact), lot.id, used=repaid)]


def _used(fact: Fact, slices: Iterable[Slice]) -> list[LotUse]:
    return [each._replace(used=amount) for each, amount in _of(fact, slices)]


def _gone(fact: Fact, slices: Iterable[Slice]) -> list[LotUse]:
    return [each._replace(expired=amount) for each, amount in _of(fact, slices)]


def _came_back(fact: Fact, returned: Returned) -> list[LotUse]:
    return _gone(fact, returned.expired) + _used(fact, returned.repaid)


def _of(fact: Fact, slices: Iterable[Slice]) -> Iterator[tuple[LotUse, int]]:
    """Yield those of bought credits, of which nothing is said yet, and how much."""
    return _bought(fact, ((part.lot, part.kind, part.amount) for part in slices))


def _back_to(fact: Fact, restored: Iterable[Restored]) -> Iterator[tuple[LotUse, int]]:
    """Yield the same of what comes back to lots."""
    return _bought(fact, ((each.lot.id, each.lot.kind, each.amount) for each in restored))


def _bought(fact: Fact, parts: Iterable[tuple[str, Kind, int]]) -> Iterator[tuple[LotUse, int]]:
    wallet = wallet_of(fact)
    return ((LotUse(*wallet, lot), n) for lot, kind, n in parts if kind is Kind.PURCHASED)
