"""Invoice payments: which payment is for which invoice."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import payment_intents
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "invoice_payment"
_WHY = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_update": "Subscription update",
}
"""What a payment says of itself, by the reason of its invoice."""


def new_payment(sandbox: Sandbox, invoice: Resource) -> Resource:
    """Return the payment that an invoice waits for, which nobody has tried yet."""
    intent = payment_intents.new_intent(
        sandbox,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description=_WHY[invoice["billing_reason"]],
        order=invoice["id"],
        setup_future_usage="off_session",
    )
    return sandbox.new(
        KIND,
        "inpay_",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
        _intent=intent["id"],
    )


def payment_of(sandbox: Sandbox, invoice: str) -> Resource | None:
    """Return the payment of an invoice; None: it is a draft, or owes nothing."""
    found = sandbox.store.find(KIND, {"invoice": invoice}, limit=1)
    return found[0] if found else None


def intent_of(sandbox: Sandbox, invoice: str) -> Resource | None:
    """Return what an invoice is paid by."""
    payment = payment_of(sandbox, invoice)
    if payment is None:
        return None
    return sandbox.get(payment_intents.KIND, payment["_intent"])


def close_payment(sandbox: Sandbox, invoice: str, status: str) -> None:
    """Have the payment of an invoice be `paid` or `canceled`."""
    payment = payment_of(sandbox, invoice)
    if payment is None:
        return
    transitions = {**payment["status_transitions"], f"{status}_at": sandbox.now()}
    paid = payment["amount_requested"] if status == "paid" else None
    sandbox.change(payment, status=status, amount_paid=paid, status_transitions=transitions)


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("invoice", "status")}
    wanted["_intent"] = (call.params.get("payment") or {}).get("payment_intent")
    return listed(sandbox, call, KIND, "/v1/invoice_payments", **wanted)


_PARAMS = "stripe.params.InvoicePayment{}Params"
OPERATIONS = (
    Operation("GET", "/v1/invoice_payments", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/invoice_payments/{id}", _PARAMS.format("Retrieve"), _retrieve),
)
