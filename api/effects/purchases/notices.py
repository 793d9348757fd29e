"""Notices: what providers told us is acted on, once it is known of which purchase it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from api.commands.command import Command
from api.commands.ordering.payments import RecordOrderHappenings
from api.commands.purchases.notices import RecordNotice
from api.commands.purchases.recharges import StopRecharge
from api.commands.subscriptions.charges import RecordCharge
from api.commands.subscriptions.mirroring import RecordMirrored
from api.commands.subscriptions.returns import RecordReturns
from api.effects.effect import Effect
from api.effects.purchases.stripe_purchases import StripePurchases
from api.inbound.notices import NOTICES
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_org, check_user
from ledger.kernel.outside import NeverTaken
from ledger.ordering.order_payment_name import is_order_payment, order_of_payment
from ledger.purchases.inbox import Assigned, KeptNotice, kept_notice
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    Happening,
    MethodRemoved,
    MethodSaved,
    Other,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    SubscriptionMoved,
)
from ledger.purchases.ports import PaidInvoice, PurchaseState, PurchaseStates
from ledger.purchases.provider import PurchaseRef
from ledger.purchases.recharge_facts import Stop
from ledger.subscriptions.charge import invoice_of_charge, is_charge
from ledger.subscriptions.provider import SubscriptionProviders
from projections.ports import Call

Paid: TypeAlias = PaymentPaid | PaymentFailed
"""How a payment has ended."""


class Notices(Effect):
    """Acts on what is in the inbox."""

    name = NOTICES

    def __init__(self, purchases: StripePurchases, subscribed: SubscriptionProviders) -> None:
        self._purchases = purchases
        self._subscribed = subscribed

    async def call(self, call: Call) -> Command[object] | None:
        """Return what records a notice. One whose purchase nobody knows waits for a person."""
        kept = kept_notice(call.content)
        match kept.notice.happening:
            case Other() | MethodSaved():  # a rule names its payment method itself
                return None
            case MethodRemoved(method):
                return await self._stopping(method)
            case SubscriptionMoved(subscription):
                return await self._mirroring(subscription)
        if kept.assigned is not None:
            return _recorded(kept, kept.assigned)
        org, name, told = kept.notice.org, kept.notice.purchase, kept.notice.happening
        if org and name and is_charge(name) and isinstance(told, Paid):
            return self._charged(org, name, told)
        if org and name and is_order_payment(name):
            return await self._ordered(PurchaseRef(org, name), told)
        if isinstance(told, PaymentAuthorised):  # only orders have their money kept
            return None
        state = await self._purchases.look_up(lambda states: _of(states, kept))
        if state is not None:
            return self._recorded(kept, state)
        return await self._of_payment(kept)

    def _recorded(self, kept: KeptNotice, state: PurchaseState) -> Command[object]:
        return _recorded(kept, Assigned(state.org, state.id, self._purchases.actor))

    def _charged(self, org: str, charge: str, told: Paid) -> Command[object]:
        """Return what records what became of the charge of a subscription."""
        return RecordCharge(org, self._purchases.actor, charge, told)

    async def _ordered(self, ref: PurchaseRef, told: Happening) -> Command[object]:
        """Return what records what became of the money of an order: of what went back, or is asked
        back, how all of it stands, as its payment may not be known here yet; and of what a bank
        keeps, as it may not do so any more."""
        happened: Sequence[Happening] = (told,)
        if isinstance(told, PaymentAuthorised | RefundChanged | DisputeChanged):
            paid = PurchaseRef(ref.org, ref.purchase, payment=told.payment)
            happened = tuple(await (await self._purchases.provider()).retrieve(paid))
        order = order_of_payment(ref.purchase)
        return RecordOrderHappenings(ref.org, self._purchases.actor, order, happened)

    async def _of_payment(self, kept: KeptNotice) -> Command[object]:
        """Return what records a notice that does not say what it is of: its payment does, which may
        not be known here yet."""
        told = kept.notice.happening
        payment = payment_of(told)
        if payment is None:
            raise NeverTaken(_why(kept))
        is_return = isinstance(told, RefundChanged | DisputeChanged)
        if is_return:
            paid = await self._purchases.look_up(
                lambda states: states.invoice_paid_by(kept.provider, payment)
            )
            if paid is not None:
                return await self._returning(paid, payment)
        ref = await (await self._purchases.provider()).purchase_of(payment)
        if ref is not None and is_return and is_charge(ref.purchase):
            paid = PaidInvoice(ref.org, invoice_of_charge(ref.purchase))
            return await self._returning(paid, payment, ref.purchase)
        if ref is not None and is_order_payment(ref.purchase):
            return await self._ordered(ref, told)
        if ref is not None:
            place = ref.org, ref.purchase
            state = await self._purchases.look_up(lambda states: states.of(*place))
            if state is not None:
                return self._recorded(kept, state)
        return await self._mirroring_payment(kept, payment)

    async def _returning(
        self, paid: PaidInvoice, payment: str, charge: str | None = None
    ) -> Command[object]:
        """Return what records how the money of an invoice stands: what was told of it before, or
        never, is read with it."""
        told = await self._standing(paid.org, paid.invoice, payment)
        return RecordReturns(paid.org, self._purchases.actor, paid.invoice, told, charge)

    async def _standing(self, org: str, invoice: str, payment: str) -> Sequence[Happening]:
        ref = PurchaseRef(org, invoice, payment=payment)
        return tuple(await (await self._purchases.provider()).retrieve(ref))

    async def _mirroring(self, subscription: str, payment: str | None = None) -> Command[object]:
        """Return what records how a subscription stands that the provider runs, and how the money
        that went back, or is asked back, of a payment of it does."""
        read_us = self._purchases.clock()
        mirrored = await (await self._subscribed.subscriptions()).mirrored(subscription)
        if mirrored.org is None or mirrored.user is None:
            raise NeverTaken(
                f"the metadata of {subscription} does not say whose it is: write org and user "
                "there, then try again."
            )
        try:
            org, user = check_org(mirrored.org), check_user(mirrored.user)
        except Invalid as error:
            raise NeverTaken(f"the metadata of {subscription}: {error.detail}") from None
        command = RecordMirrored(org, self._purchases.actor, user, mirrored, read_us)
        if payment is None:
            return command
        paid = next((each.id for each in mirrored.invoices if each.payment == payment), None)
        if paid is None:
            raise NeverTaken(f"no invoice of {subscription} is paid by {payment}.")
        return command.with_returns(paid, await self._standing(org, paid, payment))

    async def _mirroring_payment(self, kept: KeptNotice, payment: str) -> Command[object]:
        """Return what records how the subscription stands whose invoice a payment is of."""
        found = await (await self._subscribed.subscriptions()).of_payment(payment)
        if found is None:
            raise NeverTaken(_why(kept))
        told = kept.notice.happening
        is_return = isinstance(told, RefundChanged | DisputeChanged)
        return await self._mirroring(found, payment if is_return else None)

    async def _stopping(self, method: str) -> Command[object] | None:
        """Return what stops the rule that charges a payment method, if one does."""
        found = await self._purchases.look_up(lambda states: states.of_method(method))
        if found is None:
            return None
        org, user = found
        return StopRecharge(org, self._purchases.actor, user, Stop.METHOD_REMOVED)


def _recorded(kept: KeptNotice, place: Assigned) -> Command[object]:
    return RecordNotice(place.org, place.actor, place.purchase, kept.notice)


def _of(states: PurchaseStates, kept: KeptNotice) -> PurchaseState | None:
    """Return the purchase that a notice is of, by our id, or by the provider's."""
    notice = kept.notice
    if notice.org is not None and notice.purchase is not None:
        found = states.of(notice.org, notice.purchase)
        if found is not None:
            return found
    payment = payment_of(notice.happening)
    if payment is not None:
        return states.of_payment(kept.provider, payment)
    if isinstance(notice.happening, CheckoutExpired):
        return states.of_session(kept.provider, notice.happening.session)
    return None


def payment_of(happening: Happening) -> str | None:
    """Return the provider's id of the payment that something is about."""
    match happening:
        case PaymentPaid() | PaymentFailed() | RefundChanged() | DisputeChanged():
            return happening.payment
    return None


def _why(kept: KeptNotice) -> str:
    payment = payment_of(kept.notice.happening)
    about = f"the payment {payment}" if payment else "it"
    return f"no purchase here has {about}: assign it, if one has."
