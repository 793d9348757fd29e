"""Notices of Stripe: who signed them, and what they say."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
import stripe

from adapters.stripe.notices import StripeNotices
from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    DisputeState,
    Happening,
    MethodRemoved,
    MethodSaved,
    Money,
    Other,
    PaymentAuthorised,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    RefundState,
    SubscriptionMoved,
)
from ledger.purchases.provider import Forged

NOW_S = 1_795_965_422
OLD, NEW = "whsec_old", "whsec_new"
SESSION = {
    "id": "cs_1",
    "mode": "payment",
    "status": "complete",
    "payment_status": "paid",
    "payment_intent": "pi_1",
    "amount_total": 2_000,
    "currency": "usd",
    "customer": "cus_1",
    "metadata": {"org": "acme", "purchase": "p-1"},
}
INTENT = {
    "id": "pi_1",
    "status": "succeeded",
    "amount_received": 2_000,
    "currency": "usd",
    "customer": "cus_1",
    "payment_method": "pm_1",
    "setup_future_usage": "off_session",
    "last_payment_error": None,
    "metadata": {"org": "acme", "purchase": "p-1"},
}
DECLINED = {
    "status": "requires_payment_method",
    "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds"},
}
REFUND = {
    "id": "re_1",
    "payment_intent": "pi_1",
    "amount": 500,
    "currency": "usd",
    "status": "succeeded",
    "balance_transaction": "txn_1",
    "metadata": {"refund_asked": "r-1", "org": "acme"},
}
DISPUTE = {
    "id": "du_1",
    "payment_intent": "pi_1",
    "amount": 2_000,
    "currency": "usd",
    "status": "needs_response",
    "reason": "fraudulent",
    "evidence_details": {"due_by": 100},
    "balance_transactions": [{}],
    "metadata": {},
}
KEPT = {
    **INTENT,
    "status": "requires_capture",
    "capture_method": "manual",
    "amount_capturable": 2_000,
    "setup_future_usage": None,
    "metadata": {"via": "checkout"},
}
METHOD = {"id": "pm_1", "customer": "cus_1", "metadata": {}}
SUBSCRIPTION = {"id": "sub_1", "metadata": {"org": "acme"}}
INVOICE = {
    "id": "in_1",
    "parent": {
        "type": "subscription_details",
        "subscription_details": {"subscription": "sub_1"},
        "quote_details": None,
    },
}
OF_A_QUOTE: dict[str, Any] = {
    "type": "quote_details",
    "quote_details": {},
    "subscription_details": None,
}
OF_SUBSCRIPTIONS = ("created", "updated", "deleted")
OF_INVOICES = ("created", "paid", "payment_failed", "voided", "marked_uncollectible")
MOVED = SubscriptionMoved("sub_1")
USD = Money(2_000, "usd")
PAID = PaymentPaid("pi_1", USD, "cus_1", "pm_1")


def event(type: str, shown: dict[str, Any]) -> bytes:
    about = {"id": "evt_1", "type": type, "created": NOW_S, "data": {"object": shown}}
    return json.dumps(about, indent=2).encode()


def signed(content: bytes, secret: str = NEW, at_s: int = NOW_S) -> str:
    header: str = stripe.WebhookSignature.generate_signature_header(content.decode(), secret, at_s)
    return header


def read(content: bytes, header: str, after_s: int = 0) -> Any:
    notices = StripeNotices([NEW, OLD])
    return notices.read_notice(content, header, (NOW_S + after_s) * 1_000_000)


@pytest.mark.parametrize(
    ("type", "shown", "happening"),
    [
        ("checkout.session.completed", SESSION, PaymentPaid("pi_1", USD, "cus_1")),
        (
            "checkout.session.completed",
            {**SESSION, "payment_status": "unpaid"},
            Other("checkout.session.completed"),
        ),
        (
            "checkout.session.completed",
            {**SESSION, "mode": "setup", "payment_status": "no_payment_required"},
            Other("checkout.session.completed"),
        ),
        (
            "checkout.session.async_payment_failed",
            SESSION,
            PaymentFailed("async_payment_failed", "pi_1"),
        ),
        (
            "checkout.session.async_payment_failed",
            {**SESSION, "mode": "subscription", "payment_intent": None},
            Other("checkout.session.async_payment_failed"),
        ),
        ("checkout.session.expired", {**SESSION, "status": "expired"}, CheckoutExpired("cs_1")),
        (
            "checkout.session.expired",
            {**SESSION, "mode": "setup", "status": "expired", "payment_intent": None},
            Other("checkout.session.expired"),
        ),
        ("payment_intent.succeeded", INTENT, PAID),
        (
            "payment_intent.succeeded",
            {**INTENT, "amount_received": 20, "currency": "jpy", "setup_future_usage": None},
            PaymentPaid("pi_1", Money(20, "jpy"), "cus_1"),
        ),
        (
            "payment_intent.payment_failed",
            {**INTENT, **DECLINED},
            PaymentFailed("insufficient_funds", "pi_1"),
        ),
        (
            "payment_intent.payment_failed",
            {**INTENT, **DECLINED, "metadata": {"via": "checkout"}},
            Other("payment_intent.payment_failed"),
        ),
        ("payment_intent.amount_capturable_updated", KEPT, PaymentAuthorised("pi_1", USD, "cus_1")),
        (
            "payment_intent.canceled",
            {**KEPT, "status": "canceled", "cancellation_reason": "automatic"},
            PaymentFailed("authorisation_expired", "pi_1"),
        ),
        (
            "payment_intent.canceled",
            {**KEPT, "status": "canceled", "cancellation_reason": "requested_by_customer"},
            PaymentFailed("canceled", "pi_1"),
        ),
        (
            "payment_intent.canceled",
            {**INTENT, "status": "canceled", "metadata": {"via": "checkout"}},
            Other("payment_intent.canceled"),
        ),
        (
            "checkout.session.completed",
            {**SESSION, "metadata": {"capture": "manual"}},
            Other("checkout.session.completed"),
        ),
        ("refund.created", {**REFUND, "balance_transaction": None}, Other("refund.created")),
        (
            "refund.created",
            {**REFUND, "status": "pending"},
            RefundChanged("re_1", "pi_1", Money(500, "usd"), RefundState.PENDING, "r-1"),
        ),
        (
            "refund.updated",
            REFUND,
            RefundChanged("re_1", "pi_1", Money(500, "usd"), RefundState.PAID, "r-1"),
        ),
        (
            "refund.failed",
            {
                **REFUND,
                "status": "failed",
                "failure_reason": "lost_or_stolen_card",
                "metadata": None,
            },
            RefundChanged(
                "re_1", "pi_1", Money(500, "usd"), RefundState.FAILED, None, "lost_or_stolen_card"
            ),
        ),
        (
            "charge.dispute.created",
            DISPUTE,
            DisputeChanged("du_1", "pi_1", USD, "fraudulent", DisputeState.OPEN, 100_000_000),
        ),
        (
            "charge.dispute.closed",
            {**DISPUTE, "status": "won", "evidence_details": {"due_by": None}},
            DisputeChanged("du_1", "pi_1", USD, "fraudulent", DisputeState.WON),
        ),
        (
            "charge.dispute.closed",
            {**DISPUTE, "status": "lost"},
            DisputeChanged("du_1", "pi_1", USD, "fraudulent", DisputeState.LOST, 100_000_000),
        ),
        (
            "charge.dispute.created",
            {**DISPUTE, "status": "warning_needs_response", "balance_transactions": []},
            Other("charge.dispute.created"),
        ),
        ("payment_method.attached", METHOD, MethodSaved("cus_1", "pm_1")),
        ("payment_method.detached", {**METHOD, "customer": None}, MethodRemoved("pm_1")),
        *((f"customer.subscription.{each}", SUBSCRIPTION, MOVED) for each in OF_SUBSCRIPTIONS),
        *((f"invoice.{each}", INVOICE, MOVED) for each in OF_INVOICES),
        ("invoice.paid", {**INVOICE, "parent": None}, Other("invoice.paid")),
        ("invoice.paid", {**INVOICE, "parent": OF_A_QUOTE}, Other("invoice.paid")),
        (
            "checkout.session.completed",
            {**SESSION, "mode": "subscription", "payment_intent": None},
            Other("checkout.session.completed"),
        ),
        ("plan.created", {"id": "plan_1"}, Other("plan.created")),
    ],
)
def test_an_event_is_said_in_our_words(
    type: str, shown: dict[str, Any], happening: Happening
) -> None:
    content = event(type, shown)
    notice = read(content, signed(content))
    assert (notice.id, notice.type, notice.created_us) == ("evt_1", type, NOW_S * 1_000_000)
    assert notice.happening == happening


def test_whose_purchase_it_is_is_told_where_it_is_said() -> None:
    content = event("checkout.session.completed", SESSION)
    assert (read(content, signed(content)).org, read(content, signed(content)).purchase) == (
        "acme",
        "p-1",
    )
    content = event("charge.dispute.created", DISPUTE)
    assert read(content, signed(content)).org is None


def test_each_secret_is_taken_while_one_is_replaced() -> None:
    content = event("invoice.paid", INVOICE)
    for secret in (OLD, NEW):
        assert read(content, signed(content, secret)).id == "evt_1"
    both = f"{signed(content, 'whsec_else')},v1={signed(content, OLD).rpartition('=')[2]}"
    assert read(content, both).id == "evt_1"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "v1=00",
        "t=1",
        f"t={NOW_S}",
        f"t={NOW_S},t={NOW_S},v1=00",
        "t=now,v1=00",
        f"t={NOW_S},v1=",
        f"t={NOW_S},v0=00",
        "t=²,v1=é",
        f"t={'9' * 40},v1=00",
        "t=1,v1=" + "0" * 5000,
    ],
)
def test_a_header_without_its_form_is_forged(header: str) -> None:
    with pytest.raises(Forged):
        read(event("invoice.paid", INVOICE), header)


def test_a_signature_is_of_these_bytes_by_our_secret_and_young() -> None:
    content = event("invoice.paid", INVOICE)
    assert read(content, signed(content), after_s=300).id == "evt_1"
    for wrong, header, after_s in (
        (content, signed(content, "whsec_else"), 0),
        (content, signed(content), 301),
        (content + b" ", signed(content), 0),
        (json.dumps(json.loads(content)).encode(), signed(content), 0),  # encoded again
        (content, signed(content).replace(str(NOW_S), str(NOW_S + 1)), 0),
    ):
        with pytest.raises(Forged):
            read(wrong, header, after_s)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"id":"evt_1"}',
        event("refund.created", {}),
        event("payment_intent.succeeded", {**INTENT, "currency": "cows"}),
    ],
)
def test_what_is_signed_and_no_event_is_refused(content: bytes) -> None:
    digest = hmac.new(NEW.encode(), b"%d.%s" % (NOW_S, content), hashlib.sha256).hexdigest()
    with pytest.raises(Forged):
        read(content, f"t={NOW_S},v1={digest}")
