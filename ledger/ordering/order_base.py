"""The base of an order, which its nouns are written against: its state and its facts' base."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

import msgspec

from ledger.inventory.reservation import Part
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.times import microseconds
from ledger.ordering.authorisation import Authorisation
from ledger.ordering.capture import Capture
from ledger.ordering.order_status import SOLD, OrderStatus, PaymentState
from ledger.ordering.order_terms import OrderTerms
from ledger.ordering.value_payment import ValuePayment, sum_of
from ledger.purchases.notice import DisputeState, RefundState
from ledger.purchases.purchase import transfer_notice
from ledger.purchases.purchase_base import NOTICES, Page, SavedMethod


class CartRef(msgspec.Struct, frozen=True):
    """The cart that an order was made of, in the version that was priced."""

    id: str
    version: int


class BegunPayment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an order is paid: on a page of the provider's, with a saved method, or by a bank
    transfer. `name`: how the provider knows it; `capture`: when the money is taken."""

    name: str
    provider: str
    page: Page | None = None
    method: SavedMethod | None = None
    capture: Capture = Capture.NOW


class RefundedLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """What goes back of a line of a SKU, or for sending it: so many units, and the amount. `tax`:
    that of the amount, once it is back; `for_units`: it is of units that another part of the same
    refund counts."""

    line: int
    sku: str
    units: int
    amount: int
    item_type: str | None = None
    is_shipping: bool = False
    tax: int = 0
    for_units: bool = False


class Captured(msgspec.Struct, frozen=True):
    """Money that came in by a payment, by the provider's id. `is_stray`: the order does not take
    it, so all of it goes back."""

    amount: int
    currency: str
    is_stray: bool = False


class OrderRefund(msgspec.Struct, frozen=True):
    """Money of a payment on its way back, and what it is of the lines. `number`: the provider's
    id, or the reference of a transfer, once known. `of_return`: the return by which its units came
    back; `of_exchange`: it is what another order has given back, and of no line."""

    payment: str
    amount: int
    currency: str
    lines: list[RefundedLine]
    state: RefundState
    is_stray: bool = False
    number: str | None = None
    of_return: str | None = None
    of_exchange: bool = False

    @property
    def lives(self) -> bool:
        """Whether its money is not with us, or about to go."""
        return self.state is not RefundState.FAILED


class Lessening(msgspec.Struct, frozen=True):
    """What of the money is captured no more, and what it is of the lines."""

    amount: int
    lines: list[RefundedLine]


class ValueReturn(msgspec.Struct, frozen=True):
    """What has gone back to gift cards and store credit, or pays another order, and what it is of
    the lines. `of_exchange`: it is what another order has given back, and of no line."""

    values: list[ValuePayment]
    lines: list[RefundedLine]
    of_exchange: bool = False


class ExchangeState(StrEnum):
    """Where an exchange is: the new order waits for its payment, has it, or was given up."""

    PENDING = "pending"
    DONE = "done"
    ENDED = "ended"


class Exchange(msgspec.Struct, frozen=True):
    """What of an order pays a new one: of which lines, whose units came back by `of_return`.
    `back`: what of it the new order has given back."""

    id: str
    of_return: str
    lines: list[RefundedLine]
    state: ExchangeState = ExchangeState.PENDING
    back: int = 0

    @property
    def amount(self) -> int:
        """What it comes to."""
        return sum(each.amount for each in self.lines)


class OrderBase(LedgerAggregate):
    """One order, without a word of what it can decide."""

    def __init__(
        self,
        user: str | None,
        guest: str | None,
        terms: OrderTerms,
        parts: list[Part],
        ends_us: int,
        cart: CartRef | None,
        contact: str | None,
        paid_from: list[ValuePayment],
    ) -> None:
        self.user = user
        self.guest = guest
        self.contact = contact
        """The digest of the text that says to whom it goes."""
        self.terms = terms
        self.parts = parts
        """What is reserved for it, and where."""
        self.reservation = self.id_in_org
        self.ends_us = ends_us
        self.cart = cart
        self.paid_from = paid_from
        """What gift cards, store credit and another order pay of it; a provider is asked for what
        is left."""
        self.stage = OrderStatus.PENDING
        """What was last decided; `status` is what it is."""
        self.number: str | None = None
        self.begun: BegunPayment | None = None
        self.is_undecided = False
        """Whether the provider has not said how its payment ends."""
        self.session: str | None = None
        self.url: str | None = None
        self.payment: str | None = None
        """The provider's id of the payment that the order has taken."""
        self.authorised: str | None = None
        """The provider's id of the payment whose money a bank keeps, or kept, for the order."""
        self.authorisations: dict[str, Authorisation] = {}
        self.lessened: dict[str, Lessening] = {}
        """What is captured no more, by what took it out."""
        self.captured: dict[str, Captured] = {}
        self.refunds: dict[str, OrderRefund] = {}
        self.returned: dict[str, ValueReturn] = {}
        """What has gone back to gift cards and store credit, or pays new orders, by refunds."""
        self.exchanges: dict[str, Exchange] = {}
        """What of it pays new orders, by these."""
        self.disputes: dict[str, DisputeState] = {}
        self.edits = 0
        """How often it was edited."""
        self.fees: frozenset[str] = frozenset()
        """The movements by which its provider has kept some."""

    @property
    def id_in_org(self) -> str:
        """Its id, as callers know it."""
        return name_of(self.id)

    @property
    def person(self) -> str:
        """Whose its texts are: its user's, or a guest's."""
        return self.user or person_of(self.id)

    @property
    def placed_us(self) -> int:
        """When it was placed."""
        return microseconds(self.created_on)

    @property
    def is_paid(self) -> bool:
        """Whether it has taken its money, wherever that is now."""
        return self.payment is not None

    @property
    def to_collect(self) -> int:
        """What gift cards and store credit leave to be paid."""
        return self.terms.to_pay - sum_of(self.paid_from)

    @property
    def less(self) -> int:
        """What of that is captured no more."""
        return sum(each.amount for each in self.lessened.values())

    @property
    def owed(self) -> int:
        """What is still to be captured of an order that was confirmed before its money came."""
        if self.number is None or self.payment is not None:
            return 0
        return self.to_collect - self.less

    @property
    def authorisation(self) -> Authorisation | None:
        """What a bank keeps for it; what is gone or captured is no more."""
        kept = self.authorisations.get(self.authorised or "")
        return kept if kept is not None and kept.lives else None

    @property
    def spent(self) -> int:
        """What it has spent of gift cards and store credit: it does so when it is confirmed."""
        return 0 if self.number is None else sum_of(self.paid_from)

    @property
    def collected(self) -> int:
        """The money that a provider, or a transfer, has brought."""
        return self.captured[self.payment].amount if self.payment is not None else 0

    @property
    def paid(self) -> int:
        """All that it has taken."""
        return self.collected + self.spent

    @property
    def sent_back(self) -> int:
        """What of the money that came in went back, or is on its way."""
        return sum(each.amount for each in self.own_refunds if each.lives)

    @property
    def given_back(self) -> list[ValuePayment]:
        """What has gone back to gift cards and store credit, or pays new orders."""
        return [each for of in self.returned.values() for each in of.values]

    @property
    def lessened_lines(self) -> list[RefundedLine]:
        """What is captured no more of the lines."""
        return [line for of in self.lessened.values() for line in of.lines]

    @property
    def returned_lines(self) -> list[RefundedLine]:
        """What that is of the lines."""
        return [line for of in self.returned.values() for line in of.lines]

    @property
    def refunded(self) -> int:
        """What of all that it has taken went back, pays new orders, or is on its way."""
        pending = sum(each.amount for each in self.pending_exchanges)
        return self.sent_back + sum_of(self.given_back) + pending - self._come_back

    @property
    def pending_exchanges(self) -> list[Exchange]:
        """What is to pay new orders that are not confirmed yet."""
        return [each for each in self.exchanges.values() if each.state is ExchangeState.PENDING]

    @property
    def not_passed_on(self) -> int:
        """What new orders have given back that is not on its way to the buyer."""
        sent = sum(each.amount for each in self.own_refunds if each.lives and each.of_exchange)
        returned = (each.values for each in self.returned.values() if each.of_exchange)
        return self._come_back - sent - sum(sum_of(each) for each in returned)

    @property
    def to_pass_on(self) -> int:
        """What of that can go to the buyer: no more than is still here of what it has taken."""
        own = {each.source for each in self.paid_from}
        given = sum(each.amount for each in self.given_back if each.source in own)
        return min(self.not_passed_on, max(0, self.collected - self.sent_back) + self.spent - given)

    @property
    def gone(self) -> int:
        """What of all that it came to went back, or is on its way, or is captured no more."""
        return self.refunded + self.less

    @property
    def is_disputed(self) -> bool:
        """Whether a bank asks money back, or has got it."""
        return any(each is not DisputeState.WON for each in self.disputes.values())

    @property
    def own_refunds(self) -> list[OrderRefund]:
        """The refunds of what it has taken."""
        return [each for each in self.refunds.values() if not each.is_stray]

    @property
    def status(self) -> OrderStatus:
        """Where it is: refunded, once all that was paid is back."""
        if self.stage in SOLD and self.paid and self._back >= self.paid:
            return OrderStatus.REFUNDED
        return self.stage

    @property
    def payment_state(self) -> PaymentState:
        """Where its money is."""
        if self.is_disputed:
            return PaymentState.DISPUTED
        if self.owed:
            is_kept = self.authorisation is not None
            return PaymentState.AUTHORISED if is_kept else PaymentState.UNPAID
        if self.paid:
            if not self._back:
                return PaymentState.PAID
            whole = self._back >= self.paid
            return PaymentState.REFUNDED if whole else PaymentState.PARTLY_REFUNDED
        return PaymentState.UNPAID if self.terms.to_pay else PaymentState.PAID

    @property
    def waits(self) -> bool:
        """Whether something is the provider's to tell."""
        is_going_back = any(each.state is RefundState.PENDING for each in self.refunds.values())
        is_asked = any(each.is_asked for each in self.authorisations.values())
        return self.is_undecided or is_going_back or is_asked

    @property
    def _back(self) -> int:
        """What is back with the buyer."""
        sent = sum(each.amount for each in self.own_refunds if each.state is RefundState.PAID)
        return sent + sum_of(self.given_back) - self._come_back

    @property
    def _come_back(self) -> int:
        """What new orders have given back."""
        return sum(each.back for each in self.exchanges.values())


class OrderFact(LedgerAggregate.Event):
    """Something that happened to an order."""


class PaidFact(OrderFact):
    """Money came in. `transfer`: the reference of a bank transfer, which is of one payment."""

    transfer: str | None = field(default=None, kw_only=True)

    def keys(self, org: str, command: str, sequence: int) -> list[KeyRow]:
        keys = super().keys(org, command, sequence)
        if self.transfer is not None:
            keys.append(KeyRow(transfer_key(org, self.transfer), sequence, 0, ""))
        return keys


def transfer_key(org: str, reference: str) -> Key:
    """Return the key of a bank transfer: each pays one purchase, or one order."""
    return Key(org, NOTICES, transfer_notice(reference))


def person_of(order_stream: str) -> str:
    """Return whose the texts of a guest's order are: by its id they are erased."""
    return name_of(order_stream)
