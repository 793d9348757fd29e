"""The standing of purchases: as the ledger has it, and as it must be by the book of the sandbox."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.faults.purchases.told import Told
from tests.faults.world import World
from tests.sandbox_book import SandboxBook

MICRO = 10**6
BONUSES = ((100_000, 2_500), (50_000, 2_000), (10_000, 1_500), (5_000, 1_000), (2_000, 500), (0, 0))
"""Cents, and basis points on top: the default offers, said again here."""

_ROWS = """
SELECT s.id, s.owner, s.provider, s.status, s.amount, p.credits + p.bonus, s.payment,
       s.session IS NOT NULL
  FROM tally.purchase_states s
  JOIN tally.purchases p ON p.org = s.org AND p.purchase = s.id
 WHERE s.org = %s
"""


class Standing(NamedTuple):
    """A purchase as the ledger has it; money in cents, credits in microcredits."""

    purchase: str
    user: str
    provider: str
    status: str
    money: int
    credits: int
    payment: str | None
    has_page: bool


def standings(world: World, org: str) -> list[Standing]:
    """Return every purchase of an org."""
    return [Standing(*row) for row in world.ask(_ROWS, org)]


def bought_by(cents: int) -> int:
    """Return the microcredits that an amount buys."""
    bps = next(bps for threshold, bps in BONUSES if cents >= threshold)
    return cents * 10 * MICRO * (10_000 + bps) // 10_000


class Expected:
    """What must have become of purchases, by what the sandbox holds and the buyers were told."""

    def __init__(self, book: SandboxBook, told: Told) -> None:
        self._told = told
        self._payments = book.by_purchase()
        self._refunds = book.of_payments("refund")
        self._disputes = book.of_payments("dispute")
        self._moved = book.moved()

    def payment_of(self, standing: Standing) -> dict[str, Any] | None:
        """Return the payment of a purchase that was paid."""
        found = self._payments.get(standing.purchase)
        return found if found is not None and found["status"] == "succeeded" else None

    def status(self, standing: Standing) -> str:
        """Return what a purchase must be."""
        payment = self.payment_of(standing)
        if payment is None:
            is_confirmed = standing.purchase in self._told.transfers
            return "paid" if is_confirmed else "expired" if standing.has_page else "failed"
        disputes = {each["status"] for each in self._disputes[payment["id"]]}
        if disputes:
            return "lost" if "lost" in disputes else "won"
        back = sum(each["amount"] for each in self._paid_refunds(payment["id"]))
        if back:
            return "refunded" if back == payment["amount"] else "partly_refunded"
        return "paid"

    def money(self, standing: Standing) -> int:
        """Return what must have come in of it and not gone out again."""
        if standing.purchase in self._told.transfers:
            return standing.money
        payment = self.payment_of(standing)
        return 0 if payment is None else self._moved[payment["id"]]

    def credits(self, standing: Standing) -> int:
        """Return what must have come into the wallet and not gone again, but for what was spent."""
        if standing.purchase in self._told.transfers:
            return bought_by(standing.money)
        payment = self.payment_of(standing)
        if payment is None:
            return 0
        granted = bought_by(payment["amount"])
        lost = any(each["status"] == "lost" for each in self._disputes[payment["id"]])
        gone = granted if lost else 0
        for refund in self._paid_refunds(payment["id"]):
            asked = refund["metadata"].get("refund_asked")
            share = granted * refund["amount"] // payment["amount"]
            gone += share if asked is None else self._told.refunds[asked]
        return granted - gone

    def _paid_refunds(self, payment: str) -> list[dict[str, Any]]:
        return [each for each in self._refunds[payment] if each["status"] == "succeeded"]
