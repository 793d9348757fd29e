"""Recognition: what was earned of what payers were billed, and of what they paid for credits, month
by month; the rest of it is deferred.

What is billed for a time is earned by the second, and what was paid for credits as they are used or
expire: of a lot, `net * used / (amount - returned)`, half-even of all so far, so that over its life
it comes to all of it. Credits that went to another wallet are earned where they came from.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from typing import NamedTuple

from ledger.credits.postings import CONVERSION
from ledger.invoices.earning import unearned
from ledger.invoices.postings import PURCHASES, deferred, income
from ledger.kernel.shares import half_even

BREAKAGE = "Income:Breakage:Purchases"

LotName = tuple[str, str, str]
"""Owner, asset and id of a lot."""


class Earned(NamedTuple):
    """What a month has earned, from where it was deferred; below zero where more was taken back."""

    currency: str
    debit: str
    credit: str
    amount: int


class Billed(NamedTuple):
    """A line of an invoice, or what is taken back of one: `net` of which `left` is earned from
    `from_us` until `until_us`; the rest at once, or where it is of a purchase by use."""

    currency: str
    earns: str
    purchase: str
    net: int
    left: int
    from_us: int
    until_us: int


class _Bought:
    """A lot that was paid for, and what has become of it."""

    def __init__(self, amount: int, paid: int, currency: str, purchase: str | None) -> None:
        self.amount = amount
        self.paid = paid
        self.currency = currency
        self.purchase = purchase
        self.used = self.expired = self.returned = self.taken = 0
        self.earned = self.broken = self.deferred = 0
        self.account = CONVERSION


class Recognition:
    """What is known so far of an org. `close` tells what was earned since it was called before."""

    def __init__(self) -> None:
        self._terms: list[Billed] = []
        self._bought: dict[LotName, _Bought] = {}
        self._origins: dict[LotName, LotName] = {}
        self._sent: defaultdict[tuple[str, str, str], deque[list[str]]] = defaultdict(deque)
        self._of_purchase: dict[str, _Bought] = {}
        self._receipts: dict[str, Billed] = {}
        self._refunded: Counter[str] = Counter()
        self._lost: set[str] = set()
        self._changed: dict[int, _Bought] = {}
        self._deferred: Counter[tuple[str, str]] = Counter()

    @property
    def deferred(self) -> dict[tuple[str, str], int]:
        """What is not earned yet, by currency and the account that it is in, as of the last
        closing."""
        waiting: Counter[tuple[str, str]] = Counter(self._deferred)
        for purchase, billed in self._receipts.items():
            if purchase not in self._of_purchase:
                waiting[billed.currency, deferred(PURCHASES)] += billed.net
        return {place: amount for place, amount in waiting.items() if amount}

    def bill(self, line: Billed) -> None:
        """Take in a line, which the books have as `ledger/invoices/postings.py` says."""
        if line.earns == PURCHASES:
            known = self._receipts.get(line.purchase)
            net = line.net + (known.net if known else 0)
            self._receipts[line.purchase] = line._replace(net=net)
            self._touch(self._of_purchase.get(line.purchase))
        elif line.until_us:
            self._deferred[line.currency, deferred(line.earns)] += line.net
            self._terms.append(line)

    def buy(
        self, lot: LotName, amount: int, paid: int, currency: str, purchase: str | None = None
    ) -> None:
        """Take in a lot that was paid for."""
        bought = self._bought[lot] = _Bought(amount, paid, currency, purchase)
        self._origins[lot] = lot
        if purchase is not None:
            self._of_purchase[purchase] = bought
        self._touch(bought)

    def send(self, giver: str, asset: str, to: str, lots: Iterable[str]) -> None:
        """Take in that parts of lots leave for another wallet."""
        self._sent[giver, asset, to].append(list(lots))

    def receive(self, giver: str, asset: str, to: str, lots: Iterable[str]) -> None:
        """Take in as which lots they came there."""
        waiting = self._sent[giver, asset, to]
        for before, after in zip(waiting.popleft() if waiting else (), lots, strict=False):
            origin = self._origins.get((giver, asset, before))
            if origin is not None:
                self._origins[to, asset, after] = origin

    def use(
        self, lot: LotName, used: int = 0, expired: int = 0, returned: int = 0, taken: int = 0
    ) -> None:
        """Take in what became of a lot, or of a part of it in another wallet."""
        origin = self._origins.get(lot)
        if origin is None:
            return
        bought = self._bought[origin]
        bought.used += used
        bought.expired += expired
        bought.returned += returned
        bought.taken += taken
        self._touch(bought)

    def refund(self, purchase: str, amount: int) -> None:
        """Take in that money of a purchase went back, or came again."""
        self._refunded[purchase] += amount
        self._touch(self._of_purchase.get(purchase))

    def lose(self, purchase: str) -> None:
        """Take in that the money of a purchase is the buyer's: nothing is owed to them any more."""
        self._lost.add(purchase)
        self._touch(self._of_purchase.get(purchase))

    def close(self, end_us: int) -> list[Earned]:
        """Return what was earned until a moment, since the last one."""
        found: Counter[tuple[str, str, str]] = Counter()
        self._close_terms(end_us, found)
        for bought in self._changed.values():
            self._close_lot(bought, found)
        self._changed = {}
        return [Earned(*place, amount) for place, amount in sorted(found.items()) if amount]

    def _touch(self, bought: _Bought | None) -> None:
        if bought is not None:
            self._changed[id(bought)] = bought

    def _close_terms(self, end_us: int, found: Counter[tuple[str, str, str]]) -> None:
        left: Counter[tuple[str, str]] = Counter()
        for each in self._terms:
            rest = unearned(each.left, each.from_us, each.until_us, end_us)
            left[each.currency, each.earns] += rest
        places = {(each.currency, each.earns) for each in self._terms}
        for currency, earns in places:
            account = deferred(earns)
            earned = self._deferred[currency, account] - left[currency, earns]
            self._deferred[currency, account] -= earned
            found[currency, account, income(earns)] += earned
        self._terms = [each for each in self._terms if each.until_us > end_us]

    def _close_lot(self, bought: _Bought, found: Counter[tuple[str, str, str]]) -> None:
        purchase = bought.purchase or ""
        receipt = self._receipts.get(purchase)
        account = deferred(PURCHASES) if receipt else CONVERSION
        net = receipt.net if receipt else bought.paid - self._refunded[purchase]
        restored = min(0, bought.taken)
        lost = max(0, bought.taken) if purchase in self._lost else 0
        whole = bought.amount - bought.returned - lost
        used = bought.used + restored
        earned = _share(net, used, whole)
        broken = _share(net, used + bought.expired, whole) - earned
        currency = bought.currency
        found[currency, account, income(PURCHASES)] += earned - bought.earned
        found[currency, account, BREAKAGE] += broken - bought.broken
        self._deferred[currency, bought.account] -= bought.deferred
        bought.account, bought.deferred = account, net - earned - broken
        self._deferred[currency, account] += bought.deferred
        bought.earned, bought.broken = earned, broken


def _share(net: int, used: int, whole: int) -> int:
    """Return what is earned of what was paid, when so much of a whole is used."""
    return net if used >= whole else half_even(net * used, whole)
