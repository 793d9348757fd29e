"""Invoices: what a subscription asks for, period by period, and what is done with one."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import invoice_lines, payment_methods
from adapters.embedded.stripe_sandbox.resources.collecting import collect, saved_method
from adapters.embedded.stripe_sandbox.resources.invoice_states import (
    KIND,
    finalize,
    give_up,
    void,
)
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox
from adapters.embedded.stripe_sandbox.store import Resource


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


def _list(sandbox: Sandbox, call: Call) -> Resource:
    wanted = {name: call.params.get(name) for name in ("customer", "status")}
    wanted["_subscription"] = call.params.get("subscription")
    return listed(sandbox, call, KIND, "/v1/invoices", **wanted)


def _lines(sandbox: Sandbox, call: Call) -> Resource:
    found = sandbox.get(KIND, call.id)
    url = f"/v1/invoices/{found['id']}/lines"
    return listed(sandbox, call, invoice_lines.KIND, url, invoice=found["id"])


def _finalize(sandbox: Sandbox, call: Call) -> Resource:
    return finalize(sandbox, sandbox.get(KIND, call.id))


def _pay(sandbox: Sandbox, call: Call) -> Resource:
    invoice = sandbox.get(KIND, call.id)
    if invoice["status"] == "draft":
        invoice = finalize(sandbox, invoice)
    if invoice["status"] != "open":
        raise Refused(f"Invoice is not open: it is {invoice['status']}.", code="invoice_not_open")
    wanted = call.params.get("payment_method")
    method = (
        sandbox.get(payment_methods.KIND, wanted, "payment_method")
        if wanted
        else saved_method(sandbox, invoice)
    )
    collect(sandbox, invoice, method, off_session=call.params.get("off_session", True))
    return sandbox.get(KIND, call.id)


def _void(sandbox: Sandbox, call: Call) -> Resource:
    return void(sandbox, sandbox.get(KIND, call.id))


def _give_up(sandbox: Sandbox, call: Call) -> Resource:
    return give_up(sandbox, sandbox.get(KIND, call.id))


_ONE = "/v1/invoices/{id}"
_PARAMS = "stripe.params.Invoice{}Params"
OPERATIONS = (
    Operation("GET", "/v1/invoices", _PARAMS.format("List"), _list),
    Operation("GET", _ONE, _PARAMS.format("Retrieve"), _retrieve),
    Operation("GET", f"{_ONE}/lines", _PARAMS.format("LineItemList"), _lines),
    Operation("POST", f"{_ONE}/finalize", _PARAMS.format("FinalizeInvoice"), _finalize),
    Operation("POST", f"{_ONE}/pay", _PARAMS.format("Pay"), _pay),
    Operation("POST", f"{_ONE}/void", _PARAMS.format("VoidInvoice"), _void),
    Operation(
        "POST",
        f"{_ONE}/mark_uncollectible",
        _PARAMS.format("MarkUncollectible"),
        _give_up,
    ),
)
