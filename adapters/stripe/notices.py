"""Notices of Stripe in our words: an event, and each object that it or a request may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from adapters.stripe.amounts import from_stripe
from adapters.stripe.signatures import require_signed
from ledger.kernel.decoding import decoded
from ledger.kernel.errors import Invalid
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    DisputeState,
    Happening,
    MethodRemoved,
    MethodSaved,
    Money,
    Notice,
    Other,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    RefundState,
    SubscriptionMoved,
)
from ledger.purchases.provider import Forged

Shown: TypeAlias = Mapping[str, Any]
"""An object as Stripe shows it."""

VIA_CHECKOUT = "checkout"
"""How a payment says that it is tried on a page: a declined attempt is not its end."""

ONLY_AUTHORISED = {"capture": "manual"}
"""How a page says that the money is not here once it was filled in: its payment tells."""

AUTHORISATION_EXPIRED = "authorisation_expired"
"""Our code of a payment whose money nobody has captured in time."""

TYPES_MAX = 20
"""How many types a list can be asked for at once."""

_REFUND_STATES = {"succeeded": RefundState.PAID, "failed": RefundState.FAILED}
_REFUND_STATES |= {"canceled": RefundState.FAILED}
_DISPUTE_STATES = {"won": DisputeState.WON, "lost": DisputeState.LOST}
_DISPUTE_STATES |= {"warning_closed": DisputeState.WON, "prevented": DisputeState.LOST}


class StripeNotices:
    """Reads what Stripe tells us, signed with one of the secrets: several while one is replaced."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def read_notice(self, content: bytes, signature: str, now_us: int) -> Notice:
        """Return what is said in a request to us, once its signature is right. Raises Forged."""
        require_signed(content, signature, self._secrets, now_us)
        try:
            event = decoded(content, dict[str, Any])
            return notice_of(event)
        except (msgspec.MsgspecError, KeyError, TypeError, Invalid, AssertionError) as error:
            raise Forged(f"it is no event of Stripe's: {type(error).__name__}.") from None


def notice_of(event: Shown) -> Notice:
    """Return an event in our words."""
    shown = event["data"]["object"]
    translate = _BY_TYPE.get(event["type"])
    happening = translate(shown) if translate is not None else None
    metadata = shown.get("metadata") or {}
    return Notice(
        id=event["id"],
        type=event["type"],
        created_us=event["created"] * 1_000_000,
        happening=happening or Other(event["type"]),
        org=metadata.get("org"),
        purchase=metadata.get("purchase"),
    )


def payment_of(intent: Shown) -> PaymentPaid | PaymentAuthorised | PaymentFailed | None:
    """Return what has become of a payment; None: nothing yet."""
    status = intent["status"]
    if status == "succeeded":
        return PaymentPaid(*_money_of(intent, "amount_received"))
    if status == "requires_capture":
        kept = _money_of(intent, "amount_capturable")
        return PaymentAuthorised(*kept, expires_us=_capture_before_us(intent))
    if status == "canceled" and _is_captured_later(intent):
        is_late = intent.get("cancellation_reason") in ("automatic", "expired")
        return PaymentFailed(AUTHORISATION_EXPIRED if is_late else "canceled", intent["id"])
    if (intent.get("metadata") or {}).get("via") == VIA_CHECKOUT:
        return None  # its page says when it is over
    if status == "canceled":
        return PaymentFailed("canceled", intent["id"])
    error = intent.get("last_payment_error")
    if error is not None or status == "requires_action":
        return failure_of(error or {"code": "authentication_required"}, intent["id"])
    return None


def _money_of(intent: Shown, amount: str) -> tuple[str, Money, str | None, str | None]:
    """Return a payment, an amount of it, by whom, and by what where that was saved."""
    saved = intent["setup_future_usage"] == "off_session"
    return (
        intent["id"],
        from_stripe(intent[amount], intent["currency"]),
        id_of(intent["customer"]),
        id_of(intent["payment_method"]) if saved else None,
    )


def _capture_before_us(intent: Shown) -> int | None:
    """Return until when a bank keeps the money of a payment, where its charge is shown with it."""
    charge = intent.get("latest_charge")
    if not isinstance(charge, dict):
        return None
    before_s = (charge["payment_method_details"].get("card") or {}).get("capture_before")
    return before_s * 1_000_000 if before_s else None


def failure_of(error: Shown, payment: str | None) -> PaymentFailed:
    """Return why a payment was declined, in the bank's word where it has said one."""
    needs_person = error.get("code") == "authentication_required"
    code = error.get("decline_code") or error.get("code") or "declined"
    return PaymentFailed(str(code), payment, needs_person)


def session_of(session: Shown) -> PaymentPaid | CheckoutExpired | None:
    """Return what has become of a page: paid, expired, or nothing yet. One on which nothing is
    paid, where a payment method is saved, belongs to no purchase."""
    if session["mode"] != "payment":
        return None
    if session["status"] == "expired":
        return CheckoutExpired(session["id"])
    is_later = ONLY_AUTHORISED.items() <= (session.get("metadata") or {}).items()
    if session["payment_status"] != "paid" or is_later:
        return None
    return PaymentPaid(
        payment=str(id_of(session["payment_intent"])),
        money=from_stripe(session["amount_total"], session["currency"]),
        customer=id_of(session["customer"]),
    )


def refund_of(refund: Shown) -> RefundChanged | None:
    """Return where a refund is; None for one of something that is no payment of ours, and of money
    that was let go before it was captured: none has moved."""
    payment = id_of(refund["payment_intent"])
    has_moved = refund["balance_transaction"] or refund["status"] != "succeeded"
    if payment is None or not has_moved:
        return None
    return RefundChanged(
        refund=refund["id"],
        payment=payment,
        money=from_stripe(refund["amount"], refund["currency"]),
        state=_REFUND_STATES.get(refund["status"], RefundState.PENDING),
        refund_asked=(refund.get("metadata") or {}).get("refund_asked"),
        code=refund.get("failure_reason"),
    )


def dispute_of(dispute: Shown) -> DisputeChanged | None:
    """Return where a dispute is; an inquiry is none yet, as no money has moved."""
    payment, status = id_of(dispute["payment_intent"]), dispute["status"]
    if payment is None or (status.startswith("warning") and not dispute["balance_transactions"]):
        return None
    due_s = dispute["evidence_details"]["due_by"]
    return DisputeChanged(
        dispute=dispute["id"],
        payment=payment,
        money=from_stripe(dispute["amount"], dispute["currency"]),
        reason=dispute["reason"],
        state=_DISPUTE_STATES.get(status, DisputeState.OPEN),
        evidence_due_us=due_s * 1_000_000 if due_s else None,
    )


def id_of(found: Any) -> str | None:
    """Return the id of what may be an id, an object or nothing."""
    if found is None or isinstance(found, str):
        return found
    return str(found["id"])


def _canceled(intent: Shown) -> Happening | None:
    """Return how a payment has ended that was to be captured later; of any other its page says it,
    or what was asked of it."""
    return payment_of(intent) if _is_captured_later(intent) else None


def _is_captured_later(intent: Shown) -> bool:
    return intent.get("capture_method") == "manual"


def _async_failure(session: Shown) -> PaymentFailed | None:
    if session["mode"] != "payment":
        return None
    return PaymentFailed("async_payment_failed", id_of(session["payment_intent"]))


def _attached(method: Shown) -> MethodSaved | None:
    customer = id_of(method["customer"])
    return MethodSaved(customer, method["id"]) if customer else None


def _detached(method: Shown) -> MethodRemoved:
    return MethodRemoved(method["id"])


def subscription_of(invoice: Shown) -> str | None:
    """Return the subscription that an invoice is of; None: of none."""
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    return id_of(details.get("subscription"))


def _moved(subscription: Shown) -> SubscriptionMoved:
    return SubscriptionMoved(subscription["id"])


def _invoiced(invoice: Shown) -> SubscriptionMoved | None:
    subscription = subscription_of(invoice)
    return SubscriptionMoved(subscription) if subscription is not None else None


_BY_TYPE: dict[str, Callable[[Shown], Happening | None]] = {
    "checkout.session.completed": session_of,
    "checkout.session.async_payment_failed": _async_failure,
    "checkout.session.expired": session_of,
    "payment_intent.succeeded": payment_of,
    "payment_intent.payment_failed": payment_of,
    "refund.created": refund_of,
    "refund.updated": refund_of,
    "refund.failed": refund_of,
    "charge.dispute.created": dispute_of,
    "charge.dispute.closed": dispute_of,
    "payment_method.attached": _attached,
    "payment_method.detached": _detached,
    "customer.subscription.created": _moved,
    "customer.subscription.updated": _moved,
    "customer.subscription.deleted": _moved,
    "invoice.created": _invoiced,
    "invoice.paid": _invoiced,
    "invoice.payment_failed": _invoiced,
    "invoice.voided": _invoiced,
    "invoice.marked_uncollectible": _invoiced,
    "payment_intent.amount_capturable_updated": payment_of,
    "payment_intent.canceled": _canceled,
}

EVENTS = tuple(_BY_TYPE)
"""The types that an endpoint must be told of."""
