"""The money moves of a purchase: what came in and went out by a fact, and its double entry."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ledger.credits.postings import CONVERSION, Posting
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.purchases.booking import Booking
from ledger.purchases.disputes import DisputeLost, DisputeOpened, DisputeWon
from ledger.purchases.fees import ProcessingFeeRecorded
from ledger.purchases.notice import Money
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.provider_account import ProviderAccount
from ledger.purchases.refunds import RefundFailed, RefundPaid

DISPUTED = "Assets:Disputed"
DISPUTES = "Expenses:Disputes"
PROCESSING = "Expenses:Processing"
BANK = "Assets:Bank"


class MoneyMove(StrEnum):
    """Why money moved."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_BACK = "refund_back"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    FEE = "fee"
    PAYOUT = "payout"


_OUT = frozenset({MoneyMove.REFUND, MoneyMove.DISPUTE, MoneyMove.FEE, MoneyMove.PAYOUT})
"""What takes money from us; a dispute that is lost has taken it before."""


class Moved(msgspec.Struct, frozen=True):
    """Money that moved between two accounts. `of`: the provider's id of what moved it; `at_us`:
    when, where the provider says so; `invoice`, `order`: of which one, where it is of one."""

    why: MoneyMove
    of: str
    provider: str
    money: Money
    debit: str
    credit: str
    at_us: int | None = None
    invoice: str = ""
    order: str = ""

    @property
    def change(self) -> int:
        """What the provider holds for us more by it; below zero: less."""
        if self.why is MoneyMove.DISPUTE_LOST:
            return 0
        return -self.money.amount if self.why in _OUT else self.money.amount

    @property
    def postings(self) -> list[Posting]:
        """Its legs, in its currency; they sum to zero."""
        amount = self.money.amount
        return [Posting(self.debit, amount), Posting(self.credit, -amount)]


def processor_of(provider: str) -> str:
    """Return the account of what a provider holds for us."""
    return f"Assets:Processor:{provider}"


@ByType
def moved_by(fact: Fact) -> Moved | None:
    """Return the money that a fact moves; most kinds of facts move none."""
    return None


@moved_by.register
def _paid(fact: PurchasePaid) -> Moved:
    processor = processor_of(fact.provider)
    return Moved(MoneyMove.PAYMENT, fact.payment, fact.provider, fact.money, processor, CONVERSION)


@moved_by.register
def _refunded(fact: RefundPaid) -> Moved:
    processor = processor_of(fact.provider)
    return Moved(MoneyMove.REFUND, fact.number, fact.provider, fact.money, CONVERSION, processor)


@moved_by.register
def _came_back(fact: RefundFailed) -> Moved | None:
    if not fact.was_paid:
        return None
    processor = processor_of(fact.provider)
    return Moved(
        MoneyMove.REFUND_BACK, fact.number, fact.provider, fact.money, processor, CONVERSION
    )


@moved_by.register
def _disputed(fact: DisputeOpened) -> Moved:
    processor = processor_of(fact.provider)
    return Moved(MoneyMove.DISPUTE, fact.dispute, fact.provider, fact.money, DISPUTED, processor)


@moved_by.register
def _won(fact: DisputeWon) -> Moved | None:
    if not fact.was_open:
        return None
    processor = processor_of(fact.provider)
    return Moved(
        MoneyMove.DISPUTE_WON, fact.dispute, fact.provider, fact.money, processor, DISPUTED
    )


@moved_by.register
def _lost(fact: DisputeLost) -> Moved:
    return Moved(
        MoneyMove.DISPUTE_LOST, fact.dispute, fact.provider, fact.money, DISPUTES, DISPUTED
    )


@moved_by.register
def _kept(fact: ProcessingFeeRecorded) -> Moved:
    return _booked(MoneyMove.FEE, fact.provider, fact.booking, PROCESSING)


@moved_by.register
def _kept_of_the_account(fact: ProviderAccount.AccountFeeRecorded) -> Moved:
    return _booked(MoneyMove.FEE, fact.provider, fact.booking, PROCESSING)


@moved_by.register
def _paid_out(fact: ProviderAccount.PayoutRecorded) -> Moved:
    return _booked(MoneyMove.PAYOUT, fact.provider, fact.booking, BANK)


def _booked(why: MoneyMove, provider: str, booking: Booking, debit: str) -> Moved:
    processor = processor_of(provider)
    return Moved(why, booking.movement, provider, booking.money, debit, processor, booking.moved_us)
