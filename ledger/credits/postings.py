"""The double entry a fact means: one pure function from a fact to postings, nothing stored."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec

from ledger.credits.lots import Kind, Lot, Slice
from ledger.credits.transactions import wallet_of
from ledger.credits.wallet import Wallet
from ledger.kernel.events import Fact

CLEARING = "Assets:Clearing"
RECEIVABLE = "Assets:Receivable"
DEBT_INCOME = "Income:Usage:Debt"
ADJUSTMENTS = "Equity:Adjustments"
GIVEN_AWAY = frozenset({Kind.FREE, Kind.PROMOTIONAL})


class Posting(msgspec.Struct, frozen=True):
    """One leg: `amount` in smallest units, debits positive, credits negative."""

    account: str
    amount: int


def credits_of(kind: Kind) -> str:
    """What we owe the holders of credits of this kind."""
    return f"Liabilities:Credits:{kind}"


def promotions_of(kind: Kind) -> str:
    """What credits given away of this kind cost us."""
    return f"Expenses:Promotions:{kind}"


def asset_of(fact: Fact) -> str:
    """The asset a fact's postings are in."""
    return wallet_of(fact)[1]


@functools.singledispatch
def postings_of(fact: Fact) -> list[Posting]:
    """The legs of a fact; they sum to zero. Facts that move no value have none."""
    return []


@postings_of.register
def _deposited(fact: Wallet.CreditsDeposited) -> list[Posting]:
    return _arrived(fact.lot, CLEARING, fact.repaid)


@postings_of.register
def _granted(fact: Wallet.CreditsGranted) -> list[Posting]:
    return _arrived(fact.lot, _source_of(fact.lot.kind), fact.repaid)


@postings_of.register
def _used(fact: Wallet.UsageRecorded) -> list[Posting]:
    postings = []
    for line in fact.lines:
        for part in line.lots:
            postings += _moved(part.amount, credits_of(part.kind), f"Income:Usage:{part.kind}")
        if line.debt:
            postings += _moved(line.debt, RECEIVABLE, DEBT_INCOME)
    return postings


@postings_of.register
def _took_effect(fact: Wallet.CreditsTookEffect) -> list[Posting]:
    return _repaid(fact.repaid)


@postings_of.register
def _expired(fact: Wallet.LotsExpired) -> list[Posting]:
    postings = []
    for part in fact.lots:
        gone = (
            promotions_of(part.kind) if part.kind in GIVEN_AWAY else f"Income:Breakage:{part.kind}"
        )
        postings += _moved(part.amount, credits_of(part.kind), gone)
    return postings


def _source_of(kind: Kind) -> str:
    if kind in GIVEN_AWAY:
        return promotions_of(kind)
    return ADJUSTMENTS if kind is Kind.ADJUSTMENT else CLEARING


def _arrived(lot: Lot, source: str, repaid: int) -> list[Posting]:
    postings = _moved(lot.amount, source, credits_of(lot.kind))
    return postings + (_moved(repaid, credits_of(lot.kind), RECEIVABLE) if repaid else [])


def _repaid(slices: Iterable[Slice]) -> list[Posting]:
    return [
        leg for part in slices for leg in _moved(part.amount, credits_of(part.kind), RECEIVABLE)
    ]


def _moved(amount: int, debit: str, credit: str) -> list[Posting]:
    return [Posting(debit, amount), Posting(credit, -amount)]
