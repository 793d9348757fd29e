"""Refunds: money on its way back to a buyer."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.card_behaviour import Refunding
from adapters.embedded.stripe_sandbox.currency_amounts import THREE_DECIMALS
from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import charges, payment_intents
from adapters.embedded.stripe_sandbox.resources.balance_transactions import book
from adapters.embedded.stripe_sandbox.resources.payment_methods import behaviour_of, method_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "refund"
SUCCEEDS, FAILS = "succeed_refund", "fail_refund"
TAKES_S = 60
"""How long a bank takes that does not do it at once."""


def _create(sandbox: Sandbox, call: Call) -> Resource:
    charge = _charge(sandbox, call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = call.params.get("amount", left)
    _check(charge, amount, left)
    refunding = behaviour_of(method_of(sandbox, charge["payment_method"])).refunding
    refund = sandbox.new(
        KIND,
        "re_",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details={
            "card": {"reference_status": "pending", "reference_type": "a", "type": "refund"},
            "type": "card",
        },
        metadata=dict(call.params.get("metadata") or {}),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=call.params.get("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="pending" if refunding is Refunding.LATER else "succeeded",
        transfer_reversal=None,
    )
    moved = book(sandbox, KIND, refund["id"], -amount, refund["currency"])
    sandbox.change(refund, balance_transaction=moved["id"])
    _count(sandbox, charge, amount)
    sandbox.emit("refund.created", refund)
    sandbox.emit("charge.refunded", charge)
    if refunding is Refunding.LATER:
        sandbox.later(TAKES_S, SUCCEEDS, refund["id"])
    elif refunding is Refunding.FAILS_LATER:
        sandbox.later(TAKES_S, FAILS, refund["id"])
    return refund


def succeed(sandbox: Sandbox, id: str) -> None:
    """Let a refund arrive that was on its way."""
    refund = sandbox.get(KIND, id)
    sandbox.change(refund, status="succeeded")
    sandbox.emit("refund.updated", refund, {"status": "pending"})


def fail(sandbox: Sandbox, id: str) -> None:
    """Let a refund come back: its bank did not take it."""
    refund = sandbox.get(KIND, id)
    before = refund["status"]
    moved = book(sandbox, "refund_failure", id, refund["amount"], refund["currency"], category=KIND)
    sandbox.change(
        refund,
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=moved["id"],
    )
    charge = sandbox.get(charges.KIND, refund["charge"])
    _count(sandbox, charge, -refund["amount"])
    sandbox.emit("refund.updated", refund, {"status": before})
    sandbox.emit("refund.failed", refund)


def _count(sandbox: Sandbox, charge: Resource, amount: int) -> None:
    refunded = charge["amount_refunded"] + amount
    sandbox.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount_captured"])


def _charge(sandbox: Sandbox, call: Call) -> Resource:
    if "charge" in call.params:
        return sandbox.get(charges.KIND, call.params["charge"], "charge")
    if "payment_intent" not in call.params:
        raise Refused(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    intent = sandbox.get(payment_intents.KIND, call.params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise Refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return sandbox.get(charges.KIND, intent["latest_charge"], "charge")


def _check(charge: Resource, amount: int, left: int) -> None:
    if charge["disputed"]:
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            code="amount_too_large",
            param="amount",
        )
    if charge["currency"] in THREE_DECIMALS and amount % 10:
        raise Refused("Invalid amount.", code="invalid_amount", param="amount")


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return listed(sandbox, call, KIND, "/v1/refunds", **wanted)


_PARAMS = "stripe.params.Refund{}Params"
OPERATIONS = (
    Operation("POST", "/v1/refunds", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/refunds", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/refunds/{id}", _PARAMS.format("Retrieve"), _retrieve),
)
