"""Payouts: money that leaves the account for the bank."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources.balance_transactions import book, totals
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "payout"
_ARRIVES_S = 86_400


def _create(sandbox: Sandbox, call: Call) -> Resource:
    amount, currency = call.params["amount"], call.params["currency"]
    if not 0 < amount <= totals(sandbox).get(currency, 0):
        raise Refused(
            "You have insufficient funds in your Stripe account.",
            code="balance_insufficient",
            param="amount",
        )
    made = sandbox.new(
        KIND,
        "po_",
        amount=amount,
        application_fee=None,
        application_fee_amount=None,
        arrival_date=sandbox.now() + _ARRIVES_S,
        automatic=False,
        balance_transaction=None,
        currency=currency,
        description=call.params.get("description"),
        destination="ba_sandbox",
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata=dict(call.params.get("metadata") or {}),
        method="standard",
        original_payout=None,
        payout_method=None,
        reconciliation_status="not_applicable",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="paid",
        trace_id={"status": "unsupported", "value": None},
        type="bank_account",
    )
    moved = book(sandbox, KIND, made["id"], -amount, currency)
    sandbox.change(made, balance_transaction=moved["id"])
    sandbox.emit("payout.created", made)
    sandbox.emit("payout.paid", made)
    return made


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    return listed(sandbox, call, KIND, "/v1/payouts")


_PARAMS = "stripe.params.Payout{}Params"
OPERATIONS = (
    Operation("POST", "/v1/payouts", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/payouts", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/payouts/{id}", _PARAMS.format("Retrieve"), _retrieve),
)
