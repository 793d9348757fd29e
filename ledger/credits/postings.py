"""Postings: the double entry a fact means, by one pure function; nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from ledger.credits.adjustments import CreditsAdjusted, CreditsWithdrawn
from ledger.credits.conversions import CreditsConverted, MoneyConverted
from ledger.credits.debits import UsageRecorded
from ledger.credits.deposits import CreditsDeposited, CreditsGranted
from ledger.credits.due import CreditsTookEffect
from ledger.credits.hold_expiry import HoldExpired
from ledger.credits.holds import HoldCaptured, HoldPlaced, HoldReleased, LapsedHoldCaptured
from ledger.credits.invoiced_debt import DebtInvoiced, DebtRestored
from ledger.credits.lot_expiry import LotsExpired
from ledger.credits.lots import Kind, Lot, Returned, Slice, total
from ledger.credits.refunds import CreditsPutBack, CreditsRefunded, CreditsSetAside
from ledger.credits.reversals import CreditReversed, UsageReversed
from ledger.credits.take_backs import CreditsRestored, CreditsTakenBack
from ledger.credits.transactions import wallet_of
from ledger.credits.transfers import CreditsReceived, CreditsSent
from ledger.credits.usage import UsageLine
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType

CLEARING = "Assets:Clearing"
RECEIVABLE = "Assets:Receivable"
DEBT_INCOME = "Income:Usage:Debt"
ADJUSTMENTS = "Equity:Adjustments"
CONVERSION = "Equity:Conversion"
GIVEN_AWAY = frozenset({Kind.FREE, Kind.PROMOTIONAL})

Account = Callable[[Kind], str]


class Posting(msgspec.Struct, frozen=True):
    """One leg: `amount` in smallest units, debits positive, credits negative."""

    account: str
    amount: int


def credits_of(kind: Kind) -> str:
    """Return what we owe the holders of credits of this kind."""
    return f"Liabilities:Credits:{kind}"


def held_of(kind: Kind) -> str:
    """Return what open holds have set aside of credits of this kind."""
    return f"Liabilities:Held:{kind}"


def income_of(kind: Kind) -> str:
    """Return what we earned with credits of this kind."""
    return f"Income:Usage:{kind}"


def breakage_of(kind: Kind) -> str:
    """Return where credits of this kind go when they expire."""
    return f"Expenses:Promotions:{kind}" if kind in GIVEN_AWAY else f"Income:Breakage:{kind}"


def source_of(kind: Kind) -> str:
    """Return where granted credits of this kind come from."""
    if kind in GIVEN_AWAY:
        return f"Expenses:Promotions:{kind}"
    return ADJUSTMENTS if kind is Kind.ADJUSTMENT else CLEARING


def asset_of(fact: Fact) -> str:
    """Return the asset a fact's postings are in."""
    return wallet_of(fact)[1]


@ByType
def postings_of(fact: Fact) -> list[Posting]:
    """Return the legs of a fact; they sum to zero. Facts that move no value have none."""
    return []


@postings_of.register
def _deposited(fact: CreditsDeposited) -> list[Posting]:
    return _arrived(fact.lot, CLEARING if fact.purchase is None else CONVERSION, fact.repaid)


@postings_of.register
def _set_aside(fact: CreditsSetAside) -> list[Posting]:
    return _each([fact.part], credits_of, held_of)


@postings_of.register
def _refunded(fact: CreditsRefunded) -> list[Posting]:
    return _each([fact.part], held_of, lambda _: CONVERSION)


@postings_of.register
def _put_back(fact: CreditsPutBack) -> list[Posting]:
    return _returned(fact.returned)


@postings_of.register
def _taken_back(fact: CreditsTakenBack) -> list[Posting]:
    legs = _each(fact.lots, credits_of, lambda _: CONVERSION)
    return legs + _moved(fact.debt, RECEIVABLE, CONVERSION) + _repaid(fact.repaid)


@postings_of.register
def _restored(fact: CreditsRestored) -> list[Posting]:
    legs = _moved(fact.cancelled, CONVERSION, RECEIVABLE)
    for each in fact.restored:
        legs += _moved(each.amount, CONVERSION, credits_of(each.lot.kind))
    return legs + _each(fact.expired, credits_of, breakage_of) + _repaid(fact.repaid)


@postings_of.register
def _debt_invoiced(fact: DebtInvoiced) -> list[Posting]:
    return _moved(fact.amount, CONVERSION, RECEIVABLE)


@postings_of.register
def _debt_restored(fact: DebtRestored) -> list[Posting]:
    return _moved(fact.amount, RECEIVABLE, CONVERSION) + _repaid(fact.repaid)


@postings_of.register
def _granted(fact: CreditsGranted) -> list[Posting]:
    return _arrived(fact.lot, source_of(fact.lot.kind), fact.repaid)


@postings_of.register
def _adjusted(fact: CreditsAdjusted) -> list[Posting]:
    return _arrived(fact.lot, ADJUSTMENTS, fact.repaid)


@postings_of.register
def _converted(fact: CreditsConverted) -> list[Posting]:
    return _arrived(fact.lot, CONVERSION, fact.repaid)


@postings_of.register
def _money_converted(fact: MoneyConverted) -> list[Posting]:
    return _each(fact.lots, credits_of, lambda _: CONVERSION)


@postings_of.register
def _withdrawn(fact: CreditsWithdrawn) -> list[Posting]:
    legs = _each(fact.lots, credits_of, lambda _: ADJUSTMENTS)
    return legs + _moved(fact.forgiven, ADJUSTMENTS, RECEIVABLE)


@postings_of.register
def _sent(fact: CreditsSent) -> list[Posting]:
    """Return the giver's and the receiver's leg: the same account, each with its owner."""
    return _each(fact.lots, credits_of, credits_of)


@postings_of.register
def _received(fact: CreditsReceived) -> list[Posting]:
    return _repaid(fact.repaid)


@postings_of.register
def _took_effect(fact: CreditsTookEffect) -> list[Posting]:
    return _repaid(fact.repaid)


@postings_of.register
def _expired(fact: LotsExpired) -> list[Posting]:
    return _each(fact.lots, credits_of, breakage_of)


@postings_of.register
def _used(fact: UsageRecorded) -> list[Posting]:
    return [leg for line in fact.lines for leg in _earned(line, line.lots)]


@postings_of.register
def _placed(fact: HoldPlaced) -> list[Posting]:
    return _each(fact.hold.lots, credits_of, held_of)


@postings_of.register
def _captured(fact: HoldCaptured) -> list[Posting]:
    held = _each(fact.held, held_of, income_of)
    return held + _earned(fact.line, fact.extra) + _returned(fact.returned)


@postings_of.register
def _lapsed_captured(fact: LapsedHoldCaptured) -> list[Posting]:
    return _earned(fact.line, fact.line.lots)


@postings_of.register
def _released(fact: HoldReleased) -> list[Posting]:
    return _returned(fact.returned)


@postings_of.register
def _hold_expired(fact: HoldExpired) -> list[Posting]:
    return _returned(fact.returned)


@postings_of.register
def _usage_reversed(fact: UsageReversed) -> list[Posting]:
    legs = _moved(fact.cancelled, DEBT_INCOME, RECEIVABLE)
    for each in fact.restored:
        legs += _moved(each.amount, income_of(each.lot.kind), credits_of(each.lot.kind))
    if fact.adjustment is not None:
        rest = fact.adjustment.amount - total(fact.owed)
        legs += _moved(rest, DEBT_INCOME, credits_of(Kind.ADJUSTMENT))
        legs += _each(fact.owed, income_of, lambda _: credits_of(Kind.ADJUSTMENT))
    return legs + _each(fact.expired, credits_of, breakage_of) + _repaid(fact.repaid)


@postings_of.register
def _credit_reversed(fact: CreditReversed) -> list[Posting]:
    source = source_of(fact.kind) if fact.granted else CLEARING
    legs = _each(fact.withdrawn, credits_of, lambda _: source)
    legs += _moved(fact.debt - fact.sent, RECEIVABLE, source)
    legs += _moved(fact.sent, RECEIVABLE, _source_of_sent(fact.kind, source))
    if fact.kept is not None:
        legs += _moved(fact.kept.amount, held_of(fact.kind), held_of(Kind.ADJUSTMENT))
    if fact.kind not in GIVEN_AWAY:
        legs += _moved(fact.breakage, breakage_of(fact.kind), source)
    return legs + _repaid(fact.repaid)


def _source_of_sent(kind: Kind, source: str) -> str:
    """Credit given away that another wallet has now still counts as given away, until it is used
    or expires there: its expense stands, so that no expense is ever below zero."""
    return ADJUSTMENTS if kind in GIVEN_AWAY else source


def _arrived(lot: Lot, source: str, repaid: int) -> list[Posting]:
    arrived = _moved(lot.amount, source, credits_of(lot.kind))
    return arrived + _moved(repaid, credits_of(lot.kind), RECEIVABLE)


def _earned(line: UsageLine, slices: Iterable[Slice]) -> list[Posting]:
    return _each(slices, credits_of, income_of) + _moved(line.debt, RECEIVABLE, DEBT_INCOME)


def _returned(returned: Returned) -> list[Posting]:
    back = _each(returned.lots, held_of, credits_of)
    return back + _each(returned.expired, credits_of, breakage_of) + _repaid(returned.repaid)


def _repaid(slices: Iterable[Slice]) -> list[Posting]:
    return _each(slices, credits_of, lambda _: RECEIVABLE)


def _each(slices: Iterable[Slice], debit: Account, credit: Account) -> list[Posting]:
    return [
        leg for part in slices for leg in _moved(part.amount, debit(part.kind), credit(part.kind))
    ]


def _moved(amount: int, debit: str, credit: str) -> list[Posting]:
    return [Posting(debit, amount), Posting(credit, -amount)] if amount else []
