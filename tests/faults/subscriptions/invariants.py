"""Invariants of renewals: one invoice a period, one charge an invoice, one grant a charge, whatever
has died meanwhile.

Each says how often it was broken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from ledger.subscriptions.charge import invoice_of_charge
from tests.faults.purchases.invariants import Left as LeftOfPurchases
from tests.faults.purchases.invariants import journal, not_reconciled, not_verified, parked
from tests.faults.purchases.told import Told
from tests.faults.subscriptions.subscribers import CENTS, CREDITS
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

PROCESSOR = "Assets:Processor:Stripe"

_PERIODS = """
SELECT stream, count(*), count(DISTINCT convert_from(body, 'UTF8')::jsonb ->> 'start_us')
  FROM tally.events
 WHERE org = %s AND type IN ('subscriptions.SubscriptionStarted', 'subscriptions.PeriodOpened')
 GROUP BY stream
"""
_INVOICES = """
SELECT owner, id, status, (invoice #>> '{issued,bill,total}')::bigint FROM tally.invoice_states
 WHERE org = %s
"""
_GRANTED = """
SELECT stream, count(*) FROM tally.events
 WHERE org = %s AND type = 'credits.CreditsGranted' GROUP BY stream
"""
_BALANCES = "SELECT owner, credits - debt FROM tally.balances WHERE org = %s"


@dataclass(frozen=True)
class Left:
    """What a campaign has left: so many subscriptions that have had so many periods."""

    world: World
    org: str
    book: SandboxBook
    subscriptions: int
    periods: int

    @property
    def whole(self) -> int:
        """How many periods all have had."""
        return self.subscriptions * self.periods

    @cached_property
    def payments(self) -> list[dict[str, Any]]:
        """The payments at the sandbox."""
        every = self.book.all("payment_intent")
        return [each for each in every if each["metadata"].get("org") == self.org]

    @property
    def as_of_purchases(self) -> LeftOfPurchases:
        """The same, for what is asked of any money."""
        return LeftOfPurchases(self.world, self.org, self.book, Told())


Invariant: TypeAlias = Callable[[Left], int]


def not_begun_once(left: Left) -> int:
    """Return how many subscriptions have not had each period once."""
    rows = left.world.ask(_PERIODS, left.org)
    missing = abs(left.subscriptions - len(rows))
    return missing + sum((count, starts) != (left.periods,) * 2 for _, count, starts in rows)


def not_billed_once(left: Left) -> int:
    """Return how many invoices there are more, or fewer, than periods, or that are not paid."""
    rows = left.world.ask(_INVOICES, left.org)
    by_owner = Counter(owner for owner, *_ in rows)
    wrong = sum(count != left.periods for count in by_owner.values())
    unpaid = sum((status, total) != ("paid", CENTS) for _, _, status, total in rows)
    return wrong + unpaid + abs(len(rows) - left.whole)


def not_charged_once(left: Left) -> int:
    """Return how many invoices are not paid by one payment of theirs, or were tried in vain."""
    charged = Counter(invoice_of_charge(each["metadata"]["purchase"]) for each in left.payments)
    failed = sum(each["status"] != "succeeded" for each in left.payments)
    invoices = {id for _, id, *_ in left.world.ask(_INVOICES, left.org)}
    twice = sum(count != 1 for count in charged.values())
    print(f"charges: {len(left.payments):,} payments of {len(invoices):,} invoices")
    return int(twice + failed + len(invoices ^ charged.keys()))


def not_granted_once(left: Left) -> int:
    """Return how many wallets have other credits than those of the periods that were paid."""
    grants = left.world.ask(_GRANTED, left.org)
    must = CREDITS * left.periods
    wrong = sum(has != must for _, has in left.world.ask(_BALANCES, left.org))
    return int(wrong + abs(left.whole - sum(count for _, count in grants)))


def money_otherwise(left: Left) -> int:
    """Return by how many cents the journal, or the sandbox, has other money than what invoices came
    to, but for the fees that both have."""
    moved = left.book.moved()
    there = sum(moved[each["id"]] for each in left.payments)
    of_payments = {each["latest_charge"] for each in left.payments}
    fees = sum(
        each["fee"]
        for each in left.book.all("balance_transaction")
        if each["source"] in of_payments
    )
    rows = journal(left.as_of_purchases)
    here = sum(int(row["units"]) for row in rows if row["account"] == PROCESSOR)
    must = left.whole * CENTS
    print(f"money: {must:,} cents of invoices, {there:,} at the sandbox, {here:,} here less fees")
    return int(abs(there - must) + abs(here - must + fees))


OF_RENEWALS: tuple[Invariant, ...] = (
    not_begun_once,
    not_billed_once,
    not_charged_once,
    not_granted_once,
)
OF_ANY_MONEY = (not_reconciled, parked, not_verified)


def broken(left: Left) -> dict[str, int]:
    """Return the invariants that do not hold, and how often. Fees are recorded with what is
    reconciled, and money is counted then."""
    found = {each.__name__: each(left) for each in OF_RENEWALS}
    found |= {each.__name__: each(left.as_of_purchases) for each in OF_ANY_MONEY}
    found[money_otherwise.__name__] = money_otherwise(left)
    return {name: times for name, times in found.items() if times}
