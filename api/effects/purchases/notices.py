"""Notices: what providers told us is acted on, once it is known of which purchase it is."""

from __future__ import annotations

from api.commands.command import Command
from api.commands.purchases.notices import RecordNotice
from api.commands.purchases.recharges import StopRecharge
from api.commands.subscriptions.charges import RecordCharge
from api.commands.subscriptions.mirroring import RecordMirrored
from api.effects.effect import Effect
from api.effects.purchases.stripe_purchases import StripePurchases
from api.inbound.notices import NOTICES
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_org, check_user
from ledger.kernel.outside import NeverTaken
from ledger.purchases.inbox import Assigned, KeptNotice, kept_notice
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    Happening,
    MethodRemoved,
    MethodSaved,
    Notice,
    Other,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    SubscriptionMoved,
)
from ledger.purchases.ports import PurchaseState, PurchaseStates
from ledger.purchases.recharge_facts import Stop
from ledger.subscriptions.charge import is_charge
from ledger.subscriptions.provider import SubscriptionProviders
from projections.ports import Call


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
        if kept.notice.purchase is not None and is_charge(kept.notice.purchase):
            return self._charged(kept.notice, kept.notice.purchase)
        state = await self._purchases.look_up(lambda states: _of(states, kept))
        state = state or await self._asked_for(kept)
        if state is None:
            return await self._mirroring_payment(kept)
        return _recorded(kept, Assigned(state.org, state.id, self._purchases.actor))

    def _charged(self, notice: Notice, charge: str) -> Command[object]:
        """Return what records what became of the charge of a subscription."""
        told = notice.happening
        if notice.org is None or not isinstance(told, PaymentPaid | PaymentFailed):
            raise NeverTaken("it is of a subscription's invoice: write a credit note there.")
        return RecordCharge(notice.org, self._purchases.actor, charge, told)

    async def _mirroring(self, subscription: str) -> Command[object]:
        """Return what records how a subscription stands that the provider runs."""
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
        return RecordMirrored(org, self._purchases.actor, user, mirrored, read_us)

    async def _mirroring_payment(self, kept: KeptNotice) -> Command[object]:
        """Return what records how the subscription stands whose invoice a payment is of."""
        told = kept.notice.happening
        if isinstance(told, PaymentPaid | PaymentFailed) and told.payment is not None:
            found = await (await self._subscribed.subscriptions()).of_payment(told.payment)
            if found is not None:
                return await self._mirroring(found)
        raise NeverTaken(_why(kept))

    async def _stopping(self, method: str) -> Command[object] | None:
        """Return what stops the rule that charges a payment method, if one does."""
        found = await self._purchases.look_up(lambda states: states.of_method(method))
        if found is None:
            return None
        org, user = found
        return StopRecharge(org, self._purchases.actor, user, Stop.METHOD_REMOVED)

    async def _asked_for(self, kept: KeptNotice) -> PurchaseState | None:
        """Ask the provider of which purchase the payment of a notice is: it may come before the
        payment is known here."""
        payment = payment_of(kept.notice.happening)
        if payment is None:
            return None
        ref = await (await self._purchases.provider()).purchase_of(payment)
        if ref is None:
            return None
        return await self._purchases.look_up(lambda states: states.of(ref.org, ref.purchase))


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
