"""Facts of an order: that it is placed, confirmed, fulfilled and cancelled."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from ledger.inventory.reservation import Part
from ledger.kernel.aggregate import FirstFact, Reasoned
from ledger.kernel.texts import TextOwner
from ledger.ordering.contact import CONTACT
from ledger.ordering.order_base import CartRef, OrderBase, OrderFact, person_of
from ledger.ordering.order_status import OrderStatus
from ledger.ordering.order_terms import BoughtLine, OrderTerms
from ledger.ordering.value_payment import ValuePayment


class OrderPlaced(OrderFact, FirstFact):
    """Somebody orders at these terms, which stay. `user`: who; `guest`: the digest of the
    secret by which somebody else reads it. `parts`: what is reserved for it, until `ends_us`;
    `contact`: the digest of an erasable text; `paid_from`: what gift cards, store credit and
    another order pay of it, and have set aside for it; `adds_to`: the order of which it is an
    edit."""

    TOPIC: ClassVar[str] = "ordering.OrderPlaced"
    fingerprint: str
    user: str | None
    guest: str | None
    terms: OrderTerms
    parts: list[Part]
    ends_us: int
    cart: CartRef | None
    contact: str | None
    paid_from: list[ValuePayment] = field(default_factory=list)
    adds_to: str | None = None

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)

    def text_of(self, line: int) -> str | None:
        return self.contact

    def texts(self, subject: str) -> dict[str, TextOwner]:
        owner = TextOwner(CONTACT, self.person(subject))
        return {self.contact: owner} if self.contact else {}


class OrderConfirmed(OrderFact):
    """It is bought: from now on it has its number. `reservation` and `parts`: what is reserved
    for it where that was reserved again; `shipping`: what sending it is sold for; `spent`: what
    gift cards, store credit and another order paid of it."""

    TOPIC: ClassVar[str] = "ordering.OrderConfirmed"
    number: str
    user: str | None
    currency: str
    lines: list[BoughtLine]
    reservation: str | None = None
    parts: list[Part] = field(default_factory=list)
    shipping: BoughtLine | None = None
    spent: int = 0

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.stage = OrderStatus.CONFIRMED
        aggregate.number = self.number
        if self.reservation is not None:
            aggregate.reservation, aggregate.parts = self.reservation, self.parts


class OrderProgressed(OrderFact):
    """Its fulfilment is further than it was: so many of its goods are on their way, or all."""

    TOPIC: ClassVar[str] = "ordering.OrderProgressed"
    status: OrderStatus

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.stage = self.status


class OrderCancelled(Reasoned, OrderFact):
    """It is not wanted any more: all that it holds is released, and what was paid goes back."""

    TOPIC: ClassVar[str] = "ordering.OrderCancelled"
    fingerprint: str
    user: str | None = None
    reason: str | None = None

    def apply(self, aggregate: OrderBase) -> None:
        aggregate.stage = OrderStatus.CANCELLED

    def person(self, subject: str) -> str:
        return self.user or person_of(self.originator_id)
