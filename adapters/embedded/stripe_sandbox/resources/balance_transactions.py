"""Balance transactions: the sandbox's own book: every movement of money, and its fee."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.currency_amounts import step_of
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "balance_transaction"
_SETTLES_S = 2 * 86_400
DISPUTE_FEE = 1_500


def fee_of(amount: int, currency: str) -> int:
    """Return what is kept of a payment: 2.9 % and 30, of the smallest unit, rounded half up to what
    the currency has."""
    fee = (amount * 29 + 500) // 1_000 + 30
    return fee - fee % step_of(currency)


def book(
    sandbox: Sandbox,
    type: str,
    source: str,
    amount: int,
    currency: str,
    fee: int = 0,
    category: str | None = None,
) -> Resource:
    """Return a movement of money, kept."""
    now = sandbox.now()
    details = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return sandbox.new(
        KIND,
        "txn_",
        amount=amount,
        available_on=now + _SETTLES_S,
        balance_type="payments",
        currency=currency,
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[details] if fee else [],
        net=amount - fee,
        reporting_category=category or type,
        source=source,
        status="pending",
        type=type,
    )


def keep_fee(sandbox: Sandbox, amount: int, currency: str, description: str) -> Resource:
    """Keep a fee that is of no payment."""
    moved = book(sandbox, "stripe_fee", "", -amount, currency, category="fee")
    return sandbox.change(moved, source=None, description=description)


def totals(sandbox: Sandbox) -> dict[str, int]:
    """Return what the account holds, by currency."""
    sums: dict[str, int] = {}
    for each in sandbox.store.find(KIND):
        sums[each["currency"]] = sums.get(each["currency"], 0) + each["net"]
    return sums


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("type", "source", "currency")}
    return listed(sandbox, call, KIND, "/v1/balance_transactions", **wanted)


def _balance(sandbox: Sandbox, call: Call) -> Resource:
    held = totals(sandbox) or {"usd": 0}
    amounts = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in held.items()
    ]
    return {
        "object": "balance",
        "available": amounts,
        "connect_reserved": [],
        "livemode": False,
        "pending": [],
    }


_PARAMS = "stripe.params.BalanceTransaction{}Params"
OPERATIONS = (
    Operation("GET", "/v1/balance", "stripe.params.BalanceRetrieveParams", _balance),
    Operation("GET", "/v1/balance_transactions", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/balance_transactions/{id}", _PARAMS.format("Retrieve"), _retrieve),
)
