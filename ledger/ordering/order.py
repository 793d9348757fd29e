"""The order: what somebody has bought, from its placing to its last refund. Its table of contents:
what it can decide.

What a provider tells is decided by where the order is, never by the moment at which it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from ledger.inventory.reservation import Part
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.ordering import (
    order_captures,
    order_disputes,
    order_edits,
    order_exchanges,
    order_facts,
    order_fees,
    order_payments,
    order_refunds,
    value_returns,
)
from ledger.ordering.order_base import CartRef, OrderBase, OrderFact
from ledger.ordering.order_status import OPEN, OrderStatus, check_next
from ledger.ordering.order_terms import OrderTerms, bought_lines, bought_shipping
from ledger.ordering.value_payment import ValuePayment, sum_of
from ledger.purchases.purchase_base import MANUAL

ORDER_STREAM = "order"
ORDER_STATES = "order_states"
"""The table that says where each is."""


class Order(OrderBase):
    """One order."""

    TOPIC: ClassVar[str] = "ordering.Order"
    STREAM: ClassVar[str] = f"{ORDER_STREAM}/"

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
        super().__init__(user, guest, terms, parts, ends_us, cart, contact, paid_from)

    # -- facts -------------------------------------------------------------------------------

    Event = OrderFact

    OrderPlaced = order_facts.OrderPlaced
    OrderConfirmed = order_facts.OrderConfirmed
    OrderProgressed = order_facts.OrderProgressed
    OrderCancelled = order_facts.OrderCancelled
    OrderPaymentBegun = order_payments.OrderPaymentBegun
    OrderPageOpened = order_payments.OrderPageOpened
    OrderPaid = order_payments.OrderPaid
    StrayMoneyCame = order_payments.StrayMoneyCame
    OrderPaymentFailed = order_payments.OrderPaymentFailed
    OrderPaymentExpired = order_payments.OrderPaymentExpired
    OrderPaymentEnded = order_payments.OrderPaymentEnded
    OrderDisputed = order_payments.OrderDisputed
    OrderPaymentAuthorised = order_captures.OrderPaymentAuthorised
    StrayAuthorised = order_captures.StrayAuthorised
    OrderCaptureRequested = order_captures.OrderCaptureRequested
    OrderCaptureRefused = order_captures.OrderCaptureRefused
    OrderVoidRequested = order_captures.OrderVoidRequested
    OrderPaymentVoided = order_captures.OrderPaymentVoided
    OrderLessened = order_captures.OrderLessened
    OrderEvidenceSent = order_disputes.OrderEvidenceSent
    OrderEvidenceTaken = order_disputes.OrderEvidenceTaken
    OrderRefundRequested = order_refunds.OrderRefundRequested
    OrderRefundFound = order_refunds.OrderRefundFound
    OrderRefundPaid = order_refunds.OrderRefundPaid
    OrderRefundFailed = order_refunds.OrderRefundFailed
    OrderFeeRecorded = order_fees.OrderFeeRecorded
    OrderEdited = order_edits.OrderEdited
    OrderValueReturned = value_returns.OrderValueReturned
    OrderExchangeBegun = order_exchanges.OrderExchangeBegun
    OrderExchangeEnded = order_exchanges.OrderExchangeEnded
    OrderExchangeReturned = order_exchanges.OrderExchangeReturned

    # -- decisions ---------------------------------------------------------------------------

    begin_payment = order_payments.begin_payment
    open_page = order_payments.open_page
    check_transfer = order_payments.check_transfer
    why_stray = order_payments.why_stray
    take_money = order_payments.take_money
    return_money = order_payments.return_money
    fail_payment = order_payments.fail_payment
    expire_payment = order_payments.expire_payment
    hear_dispute = order_payments.hear_dispute
    authorise = order_captures.authorise
    let_go = order_captures.let_go
    check_captured = order_captures.check_captured
    check_refund_captured = order_captures.check_refund_captured
    request_capture = order_captures.request_capture
    refuse_capture = order_captures.refuse_capture
    hear_end = order_captures.hear_end
    send_evidence = order_disputes.send_evidence
    evidence_taken = order_disputes.evidence_taken
    check_edit = order_edits.check_edit
    edit = order_edits.edit
    check_exchange = order_exchanges.check_exchange
    begin_exchange = order_exchanges.begin_exchange
    end_exchange = order_exchanges.end_exchange
    settle_exchange = order_exchanges.settle_exchange
    return_exchanged = order_exchanges.return_exchanged
    request_refund = order_refunds.request_refund
    return_rest = order_refunds.return_rest
    hear_refund = order_refunds.hear_refund
    confirm_refund = order_refunds.confirm_refund
    record_fee = order_fees.record_fee

    @classmethod
    def place(
        cls,
        org: str,
        order: str,
        user: str | None,
        guest: str | None,
        terms: OrderTerms,
        parts: list[Part],
        ends_us: int,
        cart: CartRef | None,
        at: datetime,
        *,
        fingerprint: str,
        contact: str | None = None,
        paid_from: Sequence[ValuePayment] = (),
        adds_to: str | None = None,
    ) -> Order:
        """Place an order."""
        return cls._create(
            cls.OrderPlaced,
            id=order_id(org, order),
            timestamp=at,
            fingerprint=fingerprint,
            user=user,
            guest=guest,
            terms=terms,
            parts=parts,
            ends_us=ends_us,
            cart=cart,
            contact=contact,
            paid_from=list(paid_from),
            adds_to=adds_to,
        )

    def confirm(
        self,
        number: str,
        at: datetime,
        *,
        reservation: str | None = None,
        parts: list[Part] | None = None,
    ) -> None:
        """Confirm it under a number. Raises Invalid."""
        check_next(self.status, OrderStatus.CONFIRMED)
        self.trigger_event(
            self.OrderConfirmed,
            timestamp=at,
            number=number,
            user=self.user,
            currency=self.terms.currency,
            lines=bought_lines(self.terms),
            shipping=bought_shipping(self.terms),
            reservation=reservation,
            parts=parts or [],
            spent=sum_of(self.paid_from),
        )

    def progress(self, status: OrderStatus, at: datetime) -> None:
        """Record how far its fulfilment is now. Raises Invalid."""
        check_next(self.status, status)
        self.trigger_event(self.OrderProgressed, timestamp=at, status=status)

    def cancel(self, at: datetime, *, fingerprint: str, reason: str | None) -> None:
        """Cancel it, before it is fulfilled. Raises Invalid, and Conflict while its money is being
        captured."""
        check_next(self.status, OrderStatus.CANCELLED)
        order_captures.check_not_capturing(self)
        self.trigger_event(
            self.OrderCancelled,
            timestamp=at,
            fingerprint=fingerprint,
            user=self.user,
            reason=reason,
        )

    def due_us(self) -> int | None:
        return self.ends_us if self.status in OPEN else None

    def fall_due(self, at: datetime) -> None:
        self.expire_payment(at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": self.id_in_org,
            "owner": self.user,
            "guest": self.guest,
            "number": self.number,
            "status": self.status.value,
            "payment_status": self.payment_state.value,
            "total": self.terms.to_pay,
            "stored_value": sum_of(self.paid_from),
            "refunded": self.gone,
            "currency": self.terms.currency,
            "provider": self.begun.provider if self.begun else None,
            "session": self.session,
            "url": self.url,
            "payment": self.payment or self.authorised,
            "cart": self.cart.id if self.cart else None,
            "placed_us": self.placed_us,
            "ends_us": self.ends_us,
            "waits_us": self._waits_us(),
        }
        return [TableRow(ORDER_STATES, columns)]

    def _waits_us(self) -> int | None:
        if self.begun is None or self.begun.provider == MANUAL:
            return None
        if self.waits:
            return microseconds(self.modified_on)
        kept = self.authorisation
        return None if kept is None else kept.until_us


def order_id(org: str, order: str) -> str:
    """Return the stream of an order."""
    return stream_id(org, ORDER_STREAM, order)
