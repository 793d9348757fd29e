"""Placing: `PlaceOrder`, by which an order is made, with all that it holds, in one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.ordering import finalising, holdings
from api.commands.ordering.holdings import Wanted
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import CartChanged, Invalid, Refusal
from ledger.kernel.limits import ORDER_HOLD_US, TRANSFER_HOLD_US
from ledger.kernel.money import format_amount
from ledger.kernel.texts import Text
from ledger.kernel.times import microseconds
from ledger.ordering.order import Order
from ledger.ordering.order_base import CartRef
from ledger.ordering.order_terms import OrderTerms
from ledger.purchases.purchase_base import MANUAL, Page, SavedMethod


@dataclass(frozen=True)
class PlaceOrder(KeyedCommand):
    """Place an order at terms that were worked out just now, or why there are none.

    `order` is its id; `expected_total` what the buyer was told that it costs. `guest`: the digest
    of the secret of who is nobody's user. `provider`: who collects the money, on a `page` or with a
    saved `method`; what costs nothing needs none.
    """

    order: str
    user: str | None
    guest: str | None
    terms: OrderTerms | Refusal
    expected_total: int
    cart: CartRef | None = None
    provider: str | None = None
    page: Page | None = None
    method: SavedMethod | None = None
    contact: Text | None = None

    operation: ClassVar[str] = "orders"

    @property
    def sealed(self) -> Text | None:
        return self.contact

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        if isinstance(self.terms, Refusal):
            return []
        return holdings.refs(unit, self.org, self._wanted(self.terms))

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        terms = self._agreed()
        wanted, at = self._wanted(terms), unit.now(self.org)
        parts = holdings.check(unit, self.org, wanted)
        lasts_us = TRANSFER_HOLD_US if self.provider == MANUAL else ORDER_HOLD_US
        ends_us = microseconds(at) + lasts_us
        order = Order.place(
            self.org,
            self.order,
            self.user,
            self.guest,
            terms,
            parts,
            ends_us,
            self.cart,
            at,
            fingerprint=self.fingerprint,
            contact=self.contact.digest if self.contact else None,
        )
        placed = unit.record(order, self.actor, self.key)
        holdings.hold(unit, self.org, wanted, self.order, parts, ends_us, self.actor)
        if not terms.to_pay:
            finalising.confirm(unit, self.org, order, self.actor)
        elif self.provider is not None:
            order.begin_payment(self.provider, at, page=self.page, method=self.method)
            unit.record(order, self.actor)
        return placed

    def _agreed(self) -> OrderTerms:
        """Return the terms, if they are what the buyer was told."""
        if isinstance(self.terms, Refusal):
            raise self.terms
        total, currency = self.terms.to_pay, self.terms.currency
        if total != self.expected_total:
            now = format_amount(total, currency)
            raise CartChanged(
                f"it costs {now} {currency} now: show the buyer, and send that as expected_total.",
                field="expected_total",
                total=now,
                currency=currency,
            )
        if total and self.provider is None:
            raise Invalid("payment is required: the order costs something.", field="payment")
        return self.terms

    def _wanted(self, terms: OrderTerms) -> Wanted:
        return Wanted(self.order, self.user, terms, self.cart)
