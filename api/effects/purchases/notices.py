"""Notices: what providers told us is acted on, once it is known of which purchase it is."""

from __future__ import annotations

from api.commands.command import Command
from api.commands.purchases.notices import RecordNotice
from api.commands.purchases.recharges import StopRecharge
from api.commands.subscriptions.charges import RecordCharge
from api.effects.effect import Effect
from api.effects.purchases.stripe_purchases import StripePurchases
from api.inbound.notices import NOTICES
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
from projections.ports import Call


class Notices(Effect):
    """Acts on what is in the inbox."""

    name = NOTICES

    def __init__(self, purchases: StripePurchases) -> None:
        self._purchases = purchases

    async def call(self, call: Call) -> Command[object] | None:
        """Return what records a notice. One whose purchase nobody knows waits for a person."""
        kept = kept_notice(call.content)
        match kept.notice.happening:
            case Other() | MethodSaved() | SubscriptionMoved():  # a rule names its method itself
                return None
            case MethodRemoved(method):
                return await self._stopping(method)
        if kept.assigned is not None:
            return _recorded(kept, kept.assigned)
        if kept.notice.purchase is not None and is_charge(kept.notice.purchase):
            return self._charged(kept.notice, kept.notice.purchase)
        state = await self._purchases.look_up(lambda states: _of(states, kept))
        state = state or await self._asked_for(kept)
        if state is None and await self._is_subscribing(kept.notice.happening):
            return None  # what became of its invoice is told by notices of that
        if state is None:
            raise NeverTaken(_why(kept))
        return _recorded(kept, Assigned(state.org, state.id, self._purchases.actor))

    def _charged(self, notice: Notice, charge: str) -> Command[object]:
        """Return what records what became of the charge of a subscription."""
        told = notice.happening
        if notice.org is None or not isinstance(told, PaymentPaid | PaymentFailed):
            raise NeverTaken("it is of a subscription's invoice: write a credit note there.")
        return RecordCharge(notice.org, self._purchases.actor, charge, told)

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

    async def _is_subscribing(self, told: Happening) -> bool:
        """Tell whether a payment is of a subscription that the provider runs: it does not say so
        itself. What goes back of one is for a person."""
        if not isinstance(told, PaymentPaid | PaymentFailed) or told.payment is None:
            return False
        provider = await self._purchases.provider()
        return await provider.subscription_of(told.payment) is not None


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
