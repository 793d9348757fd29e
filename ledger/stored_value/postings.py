"""Postings of stored value: the double entry of its facts in money, by one pure function.

What is stored is owed to who may spend it, claimed or not. What it is sold for, and what orders are
paid with it, is in Assets:Clearing, where orders and payments book the other side.
"""

from __future__ import annotations

from ledger.credits.postings import ADJUSTMENTS, CLEARING, Posting
from ledger.invoices.postings import Booked
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType
from ledger.stored_value.value_base import ValueFact
from ledger.stored_value.value_facts import (
    ClaimSettled,
    GiftCardIssued,
    ValueAdjusted,
    ValueExpired,
    ValueGivenBack,
)
from ledger.stored_value.value_source import SourceKind

_OF_KINDS = {SourceKind.GIFT_CARD: "GiftCards", SourceKind.STORE_CREDIT: "StoreCredit"}


@ByType
def value_booked_by(fact: Fact) -> Booked | None:
    """Return what a fact books; most kinds of facts book nothing."""
    return None


@value_booked_by.register
def _issued(fact: GiftCardIssued) -> Booked:
    return _owed(fact, fact.card.amount, _given_for(fact.card.order))


@value_booked_by.register
def _adjusted(fact: ValueAdjusted) -> Booked:
    return _owed(fact, fact.amount, _given_for(fact.order))


@value_booked_by.register
def _settled(fact: ClaimSettled) -> Booked:
    return _owed(fact, -fact.amount, CLEARING)


@value_booked_by.register
def _given_back(fact: ValueGivenBack) -> Booked:
    return _owed(fact, fact.amount, CLEARING)


@value_booked_by.register
def _expired(fact: ValueExpired) -> Booked:
    return _owed(fact, -fact.amount, f"Income:Breakage:{_name(fact)}")


def _given_for(order: str | None) -> str:
    """Return what pays for what is stored: an order, or nobody."""
    return ADJUSTMENTS if order is None else CLEARING


def _owed(fact: ValueFact, amount: int, other: str) -> Booked:
    """Return the legs of owing so much more, or below zero less."""
    legs = [Posting(other, amount), Posting(f"Liabilities:{_name(fact)}", -amount)]
    return Booked(fact.currency, legs)


def _name(fact: ValueFact) -> str:
    return _OF_KINDS[SourceKind(fact.path.partition("/")[0])]
