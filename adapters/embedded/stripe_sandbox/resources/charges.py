"""Charges: the attempts of a payment, each taken or declined by a bank."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.card_behaviour import error_code, reason
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources.balance_transactions import book, fee_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "charge"
_CARD_ALSO = {
    "amount_authorized": None,
    "authorization_code": None,
    "extended_authorization": {"status": "disabled"},
    "incremental_authorization": {"status": "unavailable"},
    "installments": None,
    "mandate": None,
    "multicapture": {"status": "unavailable"},
    "network_token": {"used": False},
    "network_transaction_id": None,
    "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
    "three_d_secure": None,
    "transaction_link_id": None,
}
_CARD = (
    *("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding"),
    *("last4", "wallet", "regulated_status"),
)


def taken(sandbox: Sandbox, intent: Resource, method: Resource) -> Resource:
    """Return a charge that the bank took, booked."""
    charge = _new(sandbox, intent, method, None)
    _book(sandbox, charge, intent["amount"])
    sandbox.emit("charge.succeeded", charge)
    return charge


def kept(sandbox: Sandbox, intent: Resource, method: Resource, capture_before: int) -> Resource:
    """Return a charge whose money the bank keeps until a moment: nothing is booked."""
    charge = _new(sandbox, intent, method, None)
    card = charge["payment_method_details"]["card"]
    card["amount_authorized"] = charge["amount"]
    card["capture_before"] = capture_before
    sandbox.change(charge, captured=False, amount_captured=0)
    sandbox.emit("charge.succeeded", charge)
    return charge


def capture(sandbox: Sandbox, charge: Resource, amount: int) -> Resource:
    """Take so much of what the bank keeps, and let go the rest."""
    sandbox.change(charge, captured=True, amount_captured=amount)
    _book(sandbox, charge, amount)
    sandbox.emit("charge.captured", charge)
    return charge


def let_go(sandbox: Sandbox, charge: Resource, *, is_late: bool) -> None:
    """Let go all that the bank keeps."""
    sandbox.change(charge, amount_refunded=charge["amount"], refunded=True)
    sandbox.emit("charge.expired" if is_late else "charge.refunded", charge)


def _book(sandbox: Sandbox, charge: Resource, amount: int) -> None:
    currency = charge["currency"]
    moved = book(sandbox, KIND, charge["id"], amount, currency, fee_of(amount, currency))
    sandbox.change(charge, balance_transaction=moved["id"])


def not_taken(sandbox: Sandbox, intent: Resource, method: Resource, decline: str) -> Resource:
    """Return a charge that the bank declined."""
    charge = _new(sandbox, intent, method, decline)
    sandbox.emit("charge.failed", charge)
    return charge


def _new(sandbox: Sandbox, intent: Resource, method: Resource, decline: str | None) -> Resource:
    amount = intent["amount"]
    card = method["card"]
    is_paid = decline is None
    return sandbox.new(
        KIND,
        "ch_",
        amount=amount,
        amount_captured=amount if is_paid else 0,
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SANDBOX",
        captured=is_paid,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=error_code(decline) if decline else None,
        failure_message=reason(decline) if decline else None,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        on_behalf_of=None,
        outcome=_outcome(decline),
        paid=is_paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={
            "card": {
                **{name: card[name] for name in _CARD},
                "network": card["brand"],
                **_CARD_ALSO,
            },
            "type": "card",
        },
        receipt_email=None,
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        review=None,
        shipping=None,
        source=None,
        source_transfer=None,
        statement_descriptor=None,
        statement_descriptor_suffix=None,
        status="succeeded" if is_paid else "failed",
        transfer_data=None,
        transfer_group=None,
    )


def _outcome(decline: str | None) -> Resource:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None if decline is None else "05",
        "network_status": "approved_by_network" if decline is None else "declined_by_network",
        "reason": decline,
        "seller_message": "Payment complete." if decline is None else reason(decline),
        "type": "authorized" if decline is None else "issuer_declined",
    }


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("customer", "payment_intent")}
    return listed(sandbox, call, KIND, "/v1/charges", **wanted)


OPERATIONS = (
    Operation("GET", "/v1/charges", "stripe.params.ChargeListParams", _list),
    Operation("GET", "/v1/charges/{id}", "stripe.params.ChargeRetrieveParams", _retrieve),
)
