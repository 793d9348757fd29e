"""Entries: what a journal lists: one entry for each event that moves value, and the balances they
add up to.

An entry keeps its event's debits and credits apart but adds up those to the same account, so that
an event of a thousand usage lines is one entry of a few legs.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from ledger.bookkeeping.recognition import Earned
from ledger.credits.deposits import CreditsDeposited
from ledger.credits.facts import WalletFact, lines_of
from ledger.credits.postings import Posting, asset_of, postings_of
from ledger.credits.transactions import wallet_of
from ledger.credits.transfers import CreditsSent
from ledger.invoices.invoice import Invoice
from ledger.invoices.invoice_base import InvoiceFact
from ledger.invoices.postings import booked_by
from ledger.kernel.aggregate import Fact
from ledger.kernel.ids import name_of, split_stream_id
from ledger.kernel.money import scale_of
from ledger.kernel.times import format_time, moment
from ledger.ordering.order import Order
from ledger.ordering.order_base import OrderFact
from ledger.ports import RecordedEvent
from ledger.purchases.money_moves import moved_by
from ledger.purchases.provider_account import ProviderAccount
from ledger.purchases.purchase import Purchase
from ledger.purchases.purchase_base import PurchaseFact
from ledger.registry import fact_of
from ledger.stored_value.postings import value_booked_by
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_base import ClaimFact, ValueFact
from ledger.stored_value.value_facts import GiftCardIssued, ValueAdjusted

OPENING_BALANCES = "Equity:Opening-Balances"
_RESULTS = ("Income:", "Expenses:")
_BOOKED = (
    *("wallet/", Purchase.STREAM, ProviderAccount.STREAM, Invoice.STREAM),
    *(StoredValue.STREAM, Order.STREAM),
)
"""The streams of what moves value."""

_WORD = re.compile(r"(?<!^)(?=[A-Z])")

Balances = Counter[tuple[str, str]]
"""Account and asset → balance in smallest units, debits positive."""


class Leg(NamedTuple):
    """One leg: `amount` in smallest units, debits positive. No owner: an opening balance."""

    account: str
    owner: str | None
    asset: str
    amount: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The double entry of one event. The legs of each asset sum to zero.

    `sequence` and `hash` say which event; an opening entry, or that of what a month has earned, has
    the sequence of the last event before it, and no hash. `kind` is the event's stored type.
    """

    sequence: int
    day: date
    kind: str
    title: str
    legs: Sequence[Leg]
    recorded_us: int | None = None
    hash: bytes | None = None
    key: str = ""
    reference: str = ""

    @property
    def owner(self) -> str | None:
        """The owner of every leg, if that is one."""
        owners = {leg.owner for leg in self.legs}
        return owners.pop() if len(owners) == 1 else None


def booked_fact(event: RecordedEvent) -> Fact | None:
    """Return the fact of an event that may move value; None of others. Raises UnreadableFact."""
    return fact_of(event) if event.stream.startswith(_BOOKED) else None


def entry_of(event: RecordedEvent, fact: Fact) -> Entry | None:
    """Return the entry of a stored event by its fact; None when it moves no value."""
    legs = _legs(fact)
    if not legs:
        return None
    return Entry(
        sequence=event.sequence,
        day=day_of(event.recorded_us),
        kind=event.type,
        title=_title(fact),
        legs=legs,
        recorded_us=event.recorded_us,
        hash=event.hash,
        key=event.idempotency_key,
        reference=_reference(fact),
    )


def opening_entry(before: Balances, sequence: int, day: date) -> Entry:
    """Return what stands in the books before a journal's first event.

    Assets, liabilities and equity are carried over. What was earned and spent until then is not
    earned again in the period: it is within the balance of Equity:Opening-Balances.
    """
    legs: Balances = Counter()
    for (account, asset), amount in before.items():
        past = account.startswith(_RESULTS)
        legs[OPENING_BALANCES if past else account, asset] += amount
    return Entry(
        sequence=sequence,
        day=day,
        kind="opening",
        title="Opening balances",
        legs=[Leg(name, None, asset, n) for (name, asset), n in sorted(legs.items()) if n],
    )


def recognition_entry(earned: Iterable[Earned], sequence: int, day: date) -> Entry:
    """Return what a month has earned, at its last day: what was deferred is income."""
    legs = [
        Leg(_account(account), None, each.currency, amount)
        for each in earned
        for account, amount in ((each.debit, each.amount), (each.credit, -each.amount))
    ]
    return Entry(
        sequence=sequence, day=day, kind="recognition", title="Revenue recognised", legs=legs
    )


def post(entry: Entry, balances: Balances) -> None:
    """Add an entry to balances."""
    for leg in entry.legs:
        balances[leg.account, leg.asset] += leg.amount


def day_of(us: int) -> date:
    """Return the day of a moment, in UTC."""
    return moment(us).date()


def decimal_of(amount: int, asset: str) -> str:
    """Return an amount in the major unit, with every decimal the asset has: `-1.500000`."""
    scale = scale_of(asset)
    digits = str(abs(amount)).rjust(scale + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else f"{sign}{digits}"


def commodity_of(asset: str) -> str:
    """Return an asset as journals name it: `CREDIT`, `USD`."""
    return asset.upper()


def amount_of(leg: Leg) -> str:
    """Return a leg's amount with its commodity: `-1.500000 CREDIT`."""
    return f"{decimal_of(leg.amount, leg.asset)} {commodity_of(leg.asset)}"


def remarks_of(entry: Entry) -> list[tuple[str, str]]:
    """Return what a journal says of an entry beside its amounts: names and texts, without empty
    ones."""
    every = [
        ("recorded", "" if entry.recorded_us is None else format_time(entry.recorded_us)),
        ("wallet", entry.owner or ""),
        ("key", entry.key),
        ("reference", entry.reference),
        ("hash", "" if entry.hash is None else entry.hash.hex()),
    ]
    return [(name, text) for name, text in every if text]


def _reference(fact: Fact) -> str:
    """Return what an entry is about: what came with a deposit, a purchase, an invoice or an order
    by its id, a gift card or a store credit by the order that it is of, or a payout or fee of the
    account by the provider's."""
    if isinstance(fact, CreditsDeposited):
        return fact.reference or fact.purchase or ""
    if isinstance(fact, PurchaseFact):
        return split_stream_id(fact.originator_id)[1].removeprefix(Purchase.STREAM)
    if isinstance(fact, InvoiceFact | OrderFact):
        return name_of(fact.originator_id)
    if isinstance(fact, ValueFact):
        return _order_of(fact) or fact.path
    if isinstance(fact, ProviderAccount.PayoutRecorded | ProviderAccount.AccountFeeRecorded):
        return fact.booking.of
    return ""


def _order_of(fact: ValueFact) -> str | None:
    """Return the order that pays with what is stored, or that it was sold or credited by."""
    match fact:
        case ClaimFact() | ValueAdjusted():
            return fact.order
        case GiftCardIssued():
            return fact.card.order
    return None


def _legs(fact: Fact) -> list[Leg]:
    moved = moved_by(fact)
    if moved is not None:
        currency = moved.money.currency
        return [Leg(_account(each.account), None, currency, each.amount) for each in moved.postings]
    booked = booked_by(fact) or value_booked_by(fact)
    if booked is not None:
        return [
            Leg(_account(each.account), None, booked.currency, each.amount)
            for each in booked.postings
        ]
    if not isinstance(fact, WalletFact):
        return []
    asset = asset_of(fact)
    sums: Counter[tuple[str, str, bool]] = Counter()
    for posting in postings_of(fact):
        place = _account(posting.account), _owner(fact, posting), posting.amount > 0
        sums[place] += posting.amount
    return [Leg(account, owner, asset, n) for (account, owner, _), n in sums.items()]


def _owner(fact: Fact, posting: Posting) -> str:
    """Return whose wallet a leg is about; a transfer's credit is the receiver's."""
    if isinstance(fact, CreditsSent) and posting.amount < 0:
        return fact.to
    return wallet_of(fact)[0]


@functools.cache
def _account(name: str) -> str:
    """`Liabilities:Credits:purchased` as `Liabilities:Credits:Purchased`."""
    return ":".join(part[:1].upper() + part[1:] for part in name.split(":"))


@functools.cache
def _words(kind: type[Fact]) -> str:
    """`UsageRecorded` as `Usage recorded`."""
    return _WORD.sub(" ", kind.__name__).capitalize()


def _title(fact: Fact) -> str:
    lines = len(lines_of(fact))
    return f"{_words(type(fact))}, {lines} lines" if lines > 1 else _words(type(fact))
