"""Payouts: money that leaves the account for the bank."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources.balance_transactions import book, totals
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "payout"
_ARRIVES_S = 86_400


def pay_out(
    sandbox: Sandbox,
    amount: int,
    currency: str,
    *,
    is_automatic: bool = False,
    description: str | None = None,
    metadata: Resource | None = None,
) -> Resource:
    """Have money leave for the bank. Raises Refused where there is not so much."""
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
        automatic=is_automatic,
        balance_transaction=None,
        currency=currency,
        description=description,
        destination="ba_sandbox",
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata=dict(metadata or {}),
        method="standard",
        original_payout=None,
        payout_method=None,
        reconciliation_status="completed" if is_automatic else "not_applicable",
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


def pay_all_out(sandbox: Sandbox) -> list[Resource]:
    """Pay out all that there is, as Stripe does by itself."""
    held = sorted(totals(sandbox).items())
    return [pay_out(sandbox, amount, of, is_automatic=True) for of, amount in held if amount > 0]


def fail(sandbox: Sandbox, payout: Resource) -> Resource:
    """Have a payout come back: its bank did not take it. Raises Refused where it has before."""
    if payout["status"] == "failed":
        raise Refused("This payout has failed already.", param="payout")
    moved = book(
        sandbox, "payout_failure", payout["id"], payout["amount"], payout["currency"], category=KIND
    )
    sandbox.change(
        payout,
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed",
        failure_balance_transaction=moved["id"],
    )
    sandbox.emit("payout.failed", payout)
    return payout


def _create(sandbox: Sandbox, call: Call) -> Resource:
    params = call.params
    return pay_out(
        sandbox,
        params["amount"],
        params["currency"],
        description=params.get("description"),
        metadata=params.get("metadata"),
    )


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
