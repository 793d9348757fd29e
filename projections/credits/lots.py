"""The read model `lots`: what came into wallets, a row a lot, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ledger.credits.adjustments import CreditsAdjusted
from ledger.credits.conversions import CreditsConverted
from ledger.credits.deposits import CreditsDeposited, CreditsGranted
from ledger.credits.lots import Lot
from ledger.credits.reversals import CreditReversed, UsageReversed
from ledger.credits.transfers import CreditsReceived
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.kernel.ids import wallet_names
from ledger.ports import RecordedEvent
from projections.read_model import ReadModel


class LotRow(NamedTuple):
    """The terms of a lot as it came in; what is left of it now is in `open_lots`.

    `amount` in the asset's smallest unit, `paid_amount` in that of its currency.
    """

    org: str
    sequence: int
    line: int
    owner: str
    asset: str
    lot: str
    kind: str
    amount: int
    effective_us: int
    expires_us: int | None
    priority: int
    paid_amount: int | None
    paid_currency: str | None
    recorded_us: int


class NewLot(NamedTuple):
    """A lot, and the fact that it came with."""

    fact: Fact
    line: int
    lot: Lot


@ByType
def lots_of(fact: Fact) -> list[NewLot]:
    """Return the lots that came with a fact; most kinds of facts bring none."""
    return []


@lots_of.register
def _deposited(fact: CreditsDeposited) -> list[NewLot]:
    return _with(fact, [fact.lot])


@lots_of.register
def _granted(fact: CreditsGranted) -> list[NewLot]:
    return _with(fact, [fact.lot])


@lots_of.register
def _adjusted(fact: CreditsAdjusted) -> list[NewLot]:
    return _with(fact, [fact.lot])


@lots_of.register
def _converted(fact: CreditsConverted) -> list[NewLot]:
    return _with(fact, [fact.lot])


@lots_of.register
def _received(fact: CreditsReceived) -> list[NewLot]:
    return _with(fact, fact.lots)


@lots_of.register
def _usage_reversed(fact: UsageReversed) -> list[NewLot]:
    return _with(fact, [fact.adjustment])


@lots_of.register
def _credit_reversed(fact: CreditReversed) -> list[NewLot]:
    return _with(fact, [fact.kept])


def _with(fact: Fact, lots: Iterable[Lot | None]) -> list[NewLot]:
    return [NewLot(fact, line, lot) for line, lot in enumerate(lots) if lot is not None]


def _row(event: RecordedEvent, new: NewLot) -> LotRow:
    lot, paid = new.lot, new.lot.paid
    owner, asset = wallet_names(new.fact.originator_id)
    return LotRow(
        event.org,
        event.sequence,
        new.line,
        owner,
        asset,
        lot.id,
        lot.kind.value,
        lot.amount,
        lot.effective_us,
        lot.expires_us,
        lot.priority,
        paid.amount if paid else None,
        paid.currency if paid else None,
        event.recorded_us,
    )


READ_MODEL = ReadModel("lots", LotRow, lots_of, _row)
