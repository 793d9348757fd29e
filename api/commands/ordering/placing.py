"""Placing: `PlaceOrder`, by which an order is made, with all that it holds, in one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from api.commands.appointments import booking
from api.commands.command import KeyedCommand
from api.commands.ordering import finalising, holdings
from api.commands.ordering.holdings import Wanted
from api.commands.ordering.policies import capture_of
from api.commands.ordering.value_payments import asked_refs, value_payments
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.inventory.reservation import Part
from ledger.kernel.errors import CartChanged, Conflict, Invalid, Refusal
from ledger.kernel.limits import ORDER_HOLD_US, TRANSFER_HOLD_US
from ledger.kernel.money import format_amount
from ledger.kernel.texts import Text
from ledger.kernel.times import microseconds
from ledger.ordering.order import Order
from ledger.ordering.order_base import CartRef
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.value_payment import AskedValue, ValuePayment, sum_of
from ledger.purchases.purchase_base import MANUAL, Page, SavedMethod


class Prepared(NamedTuple):
    """What an order is to hold, and from where its stock is taken."""

    wanted: Wanted
    parts: list[Part]


@dataclass(frozen=True)
class PlaceOrder(KeyedCommand):
    """Place an order at terms that were worked out just now, or why there are none.

    `order` is its id; `expected_total` what the buyer was told that it costs, `expected_payment`
    what of that is left by `values`, the gift cards and the store credit that it is paid from.
    `guest`: the digest of the secret of who is nobody's user. `provider`: who collects what is
    left, on a `page` or with a saved `method`; where nothing is, none is needed.
    `adds_to`: the order of which it is an edit; `exchange`: what another order gives for it at
    most, which pays first; `known_contact`: the digest of the contact of either.
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
    values: tuple[AskedValue, ...] = ()
    expected_payment: int | None = None
    adds_to: str | None = None
    known_contact: str | None = None
    exchange: ValuePayment | None = None

    operation: ClassVar[str] = "orders"

    @property
    def sealed(self) -> Text | None:
        return self.contact

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        if isinstance(self.terms, Refusal):
            return []
        return [
            *holdings.refs(unit, self.org, self._wanted(self.terms, [])),
            *asked_refs(self.org, self.order, self.values),
        ]

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        return self.place(unit, self.prepare(unit))

    def prepare(self, unit: UnitOfWork) -> Prepared:
        """Return what is placed, and from where. Refused where it cannot be; records nothing."""
        terms = self._agreed(unit)
        wanted = self._wanted(terms, self._paid_from(unit, terms))
        return Prepared(wanted, holdings.check(unit, self.org, wanted))

    def place(self, unit: UnitOfWork, prepared: Prepared) -> PendingFact:
        """Place what was prepared; return that it is."""
        (wanted, parts), at = prepared, unit.now(self.org)
        lasts_us = TRANSFER_HOLD_US if self.provider == MANUAL else ORDER_HOLD_US
        ends_us = microseconds(at) + lasts_us
        order = Order.place(
            self.org,
            self.order,
            self.user,
            self.guest,
            wanted.terms,
            parts,
            ends_us,
            self.cart,
            at,
            fingerprint=self.fingerprint,
            contact=self.contact.digest if self.contact else self.known_contact,
            paid_from=wanted.paid_from,
            adds_to=self.adds_to,
        )
        placed = unit.record(order, self.actor, self.key)
        holdings.hold(unit, self.org, wanted, self.order, parts, ends_us, self.actor)
        if not order.to_collect:
            finalising.confirm(unit, self.org, order, self.actor)
        elif self.provider is not None:
            capture = capture_of(unit, self.org, wanted.terms, self.provider)
            order.begin_payment(
                self.provider, at, page=self.page, method=self.method, capture=capture
            )
            unit.record(order, self.actor)
        return placed

    def _agreed(self, unit: UnitOfWork) -> OrderTerms:
        """Return the terms, if they are what the buyer was told."""
        if isinstance(self.terms, Refusal):
            raise self.terms
        total, currency = self.terms.to_pay, self.terms.currency
        if total != self.expected_total:
            # What a cart is told to cost leaves out a slot that is gone, which says more.
            booking.check(unit, self.org, self.terms)
            now = format_amount(total, currency)
            raise CartChanged(
                f"it costs {now} {currency} now: show the buyer, and send that as expected_total.",
                field="expected_total",
                total=now,
                currency=currency,
            )
        return self.terms

    def _paid_from(self, unit: UnitOfWork, terms: OrderTerms) -> list[ValuePayment]:
        """Return what an exchange, gift cards and store credit pay, if what they leave is what the
        buyer was told, and somebody collects it."""
        total, currency = terms.to_pay, terms.currency
        found = self._exchanged(total)
        found += value_payments(unit, self.org, self.values, total - sum_of(found), currency)
        left = total - sum_of(found)
        if self.expected_payment not in (None, left):
            now = format_amount(left, currency)
            raise Conflict(
                f"{now} {currency} are left to pay now: show the buyer, and send that as "
                "expected_payment.",
                field="expected_payment",
            )
        if left and self.provider is None:
            raise Invalid("payment is required: something is left to pay.", field="payment")
        return found

    def _exchanged(self, total: int) -> list[ValuePayment]:
        if self.exchange is None:
            return []
        amount = min(total, self.exchange.amount)
        return [ValuePayment(self.exchange.source, amount)] if amount else []

    def _wanted(self, terms: OrderTerms, paid_from: list[ValuePayment]) -> Wanted:
        return Wanted(self.order, self.user, terms, self.cart, paid_from)
