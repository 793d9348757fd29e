"""Invoice items: what is added to an invoice, a draft that is there or the next."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.currency_amounts import step_of
from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import invoice_states, subscription_states
from adapters.embedded.stripe_sandbox.resources.customers import customer_of
from adapters.embedded.stripe_sandbox.resources.invoice_lines import added_line, pricing_of
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "invoiceitem"


def new_added(
    sandbox: Sandbox, customer: str, amount: int, currency: str, **given: Any
) -> Resource:
    """Return something that is owed besides, for the next invoice."""
    now = sandbox.now()
    price, quantity = given.get("price"), given.get("quantity", 1)
    of_no_price = {"price_details": None, "type": "price_details"}
    of_no_price["unit_amount_decimal"] = str(amount)
    made = sandbox.new(
        KIND,
        "ii_",
        amount=amount,
        currency=currency,
        customer=customer,
        customer_account=None,
        date=now,
        description=given.get("description"),
        discountable="price" not in given,
        discounts=[],
        invoice=None,
        metadata=dict(given.get("metadata") or {}),
        net_amount=amount,
        parent=_parent(given.get("subscription"), given.get("subscription_item")),
        period=given.get("period") or {"end": now, "start": now},
        pricing=pricing_of(price) if price is not None else of_no_price,
        proration=given.get("proration", False),
        quantity=quantity,
        quantity_decimal=str(quantity),
        tax_rates=[],
        test_clock=None,
    )
    sandbox.emit("invoiceitem.created", made)
    return made


def _parent(subscription: str | None, item: str | None) -> Resource | None:
    if subscription is None:
        return None
    details = {"subscription": subscription, "subscription_item": item}
    return {"subscription_details": details, "type": "subscription_details"}


def take_pending(sandbox: Sandbox, invoice: Resource) -> None:
    """Have a draft be of all that waits for it."""
    waiting = sandbox.store.find(KIND, {"customer": invoice["customer"]}, oldest_first=True)
    for each in waiting:
        of = ((each["parent"] or {}).get("subscription_details") or {}).get("subscription")
        if each["invoice"] is None and of in (None, invoice["_subscription"]):
            _put(sandbox, each, invoice)


def _put(sandbox: Sandbox, added: Resource, invoice: Resource) -> None:
    sandbox.change(added, invoice=invoice["id"])
    added_line(sandbox, invoice["id"], added)


def _create(sandbox: Sandbox, call: Call) -> Resource:
    params = dict(call.params)
    if "amount" not in params or "currency" not in params or "customer" not in params:
        raise Refused(
            "The sandbox knows invoice items with customer, amount and currency.",
            code="parameter_missing",
        )
    customer = customer_of(sandbox, params.pop("customer"))["id"]
    amount, currency = params.pop("amount"), params.pop("currency")
    if amount % step_of(currency):
        raise Refused(f"Invalid amount of {currency}.", code="invalid_amount", param="amount")
    if params.get("subscription") is not None:
        sandbox.get(subscription_states.KIND, params["subscription"], "subscription")
    wanted = params.pop("invoice", None)
    invoice = sandbox.get(invoice_states.KIND, wanted, "invoice") if wanted else None
    if invoice is not None:
        _check(invoice, customer, currency)
    added = new_added(sandbox, customer, amount, currency, **params)
    if invoice is not None:
        _put(sandbox, added, invoice)
        invoice_states.add_up(sandbox, invoice)
        sandbox.emit("invoice.updated", invoice)
    return added


def _check(invoice: Resource, customer: str, currency: str) -> None:
    if invoice["status"] != "draft":
        raise Refused(
            "The specified invoice is already finalized: items are added to drafts only.",
            code="invoice_not_editable",
            param="invoice",
        )
    if invoice["customer"] != customer:
        raise Refused("The invoice is of another customer.", param="invoice")
    if invoice["currency"] != currency:
        raise Refused(f"The invoice is in {invoice['currency']}.", param="currency")


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("customer", "invoice")}
    return listed(sandbox, call, KIND, "/v1/invoiceitems", **wanted)


_PARAMS = "stripe.params.InvoiceItem{}Params"
OPERATIONS = (
    Operation("POST", "/v1/invoiceitems", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/invoiceitems", _PARAMS.format("List"), _list),
    Operation("GET", "/v1/invoiceitems/{id}", _PARAMS.format("Retrieve"), _retrieve),
)
