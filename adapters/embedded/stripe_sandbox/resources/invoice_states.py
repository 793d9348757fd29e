"""Invoice states: a draft, which is finalized, and then paid, void or given up."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.resources import customers, payment_intents
from adapters.embedded.stripe_sandbox.resources.invoice_lines import first_of, lines_of
from adapters.embedded.stripe_sandbox.resources.invoice_payments import (
    close_payment,
    intent_of,
    new_payment,
)
from adapters.embedded.stripe_sandbox.sandbox import Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "invoice"
DRAFT_S = 3600
"""How long a draft can be added to before it is finalized."""

_UNUSED = (
    *("account_name", "account_tax_ids", "application", "custom_fields"),
    *("customer_account", "customer_address", "customer_phone", "customer_shipping"),
    *("default_payment_method", "default_source", "description", "due_date", "footer"),
    *("from_invoice", "hosted_invoice_url", "invoice_pdf", "last_finalization_error"),
    *("latest_revision", "on_behalf_of", "receipt_number", "rendering", "shipping_cost"),
    *("shipping_details", "statement_descriptor", "test_clock", "webhooks_delivered_at"),
)


def new_draft(sandbox: Sandbox, subscription: Resource, reason: str, start: int) -> Resource:
    """Return an invoice of a subscription that has no line yet. `start`: of the time that is
    over."""
    now = sandbox.now()
    customer = sandbox.get(customers.KIND, subscription["customer"])
    return sandbox.new(
        KIND,
        "in_",
        **dict.fromkeys(_UNUSED),
        account_country="US",
        amount_due=0,
        amount_overpaid=0,
        amount_paid=0,
        amount_remaining=0,
        amount_shipping=0,
        attempt_count=0,
        attempted=False,
        auto_advance=True,
        automatic_tax={
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        automatically_finalizes_at=now + DRAFT_S if reason == "subscription_cycle" else None,
        billing_reason=reason,
        collection_method="charge_automatically",
        currency=subscription["currency"],
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        customer_tax_exempt="none",
        customer_tax_ids=[],
        default_tax_rates=[],
        discounts=[],
        effective_at=None,
        ending_balance=None,
        issuer={"type": "self"},
        lines=first_of([], ""),
        metadata={},
        next_payment_attempt=now + DRAFT_S,
        number=None,
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        payment_settings={
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        period_end=now,
        period_start=start,
        post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0,
        starting_balance=0,
        status="draft",
        status_transitions=dict.fromkeys(
            ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
        ),
        subtotal=0,
        subtotal_excluding_tax=0,
        total=0,
        total_discount_amounts=[],
        total_excluding_tax=0,
        total_pretax_credit_amounts=[],
        total_taxes=[],
        _subscription=subscription["id"],
    )


def add_up(sandbox: Sandbox, invoice: Resource) -> Resource:
    """Have a draft be of the lines that it has now, and return it."""
    lines = lines_of(sandbox, invoice["id"])
    total = sum(each["amount"] for each in lines)
    balance = sandbox.get(customers.KIND, invoice["customer"])["balance"]
    due = max(total + balance, 0)
    return sandbox.change(
        invoice,
        amount_due=due,
        amount_remaining=due,
        lines=first_of(lines, invoice["id"]),
        starting_balance=balance,
        subtotal=total,
        subtotal_excluding_tax=total,
        total=total,
        total_excluding_tax=total,
    )


def finalize(sandbox: Sandbox, invoice: Resource) -> Resource:
    """Have a draft be an invoice, with a number and what it is paid by: it changes no more."""
    if invoice["status"] != "draft":
        raise Refused(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_not_editable",
        )
    customer = sandbox.get(customers.KIND, invoice["customer"])
    owed = invoice["total"] + customer["balance"]
    # What is too little to be charged is owed with the next one, as what is too much is.
    due = owed if owed >= payment_intents.AMOUNT_MIN else 0
    number = customer["next_invoice_sequence"]
    sandbox.change(
        invoice,
        amount_due=due,
        amount_remaining=due,
        automatically_finalizes_at=None,
        effective_at=sandbox.now(),
        ending_balance=owed - due,
        number=f"{customer['invoice_prefix']}-{number:04}",
        starting_balance=customer["balance"],
        status="open",
        status_transitions=_moved(sandbox, invoice, "finalized_at"),
    )
    sandbox.change(customer, balance=owed - due, next_invoice_sequence=number + 1)
    if due:
        new_payment(sandbox, invoice)
    sandbox.emit("invoice.finalized", invoice)
    return invoice


def settle(sandbox: Sandbox, invoice: Resource) -> Resource:
    """Have an invoice be paid."""
    close_payment(sandbox, invoice["id"], "paid")
    sandbox.change(
        invoice,
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        auto_advance=False,
        next_payment_attempt=None,
        status="paid",
        status_transitions=_moved(sandbox, invoice, "paid_at"),
    )
    for type in ("invoice.paid", "invoice.payment_succeeded"):
        sandbox.emit(type, invoice)
    return invoice


def void(sandbox: Sandbox, invoice: Resource) -> Resource:
    """Have an invoice be none: nobody owes it."""
    _check_open(invoice, ("open", "uncollectible"), "void")
    intent = intent_of(sandbox, invoice["id"])
    if intent is not None:
        payment_intents.cancel(sandbox, intent, "void_invoice")
        close_payment(sandbox, invoice["id"], "canceled")
    sandbox.change(
        invoice,
        auto_advance=False,
        next_payment_attempt=None,
        status="void",
        status_transitions=_moved(sandbox, invoice, "voided_at"),
    )
    sandbox.emit("invoice.voided", invoice)
    return invoice


def give_up(sandbox: Sandbox, invoice: Resource) -> Resource:
    """Have an invoice be one that nobody will pay."""
    _check_open(invoice, ("open",), "mark as uncollectible")
    sandbox.change(
        invoice,
        auto_advance=False,
        next_payment_attempt=None,
        status="uncollectible",
        status_transitions=_moved(sandbox, invoice, "marked_uncollectible_at"),
    )
    sandbox.emit("invoice.marked_uncollectible", invoice)
    return invoice


def _check_open(invoice: Resource, statuses: tuple[str, ...], what: str) -> None:
    if invoice["status"] not in statuses:
        raise Refused(f"You can only {what} an open invoice: it is {invoice['status']}.")


def _moved(sandbox: Sandbox, invoice: Resource, name: str) -> Resource:
    return {**invoice["status_transitions"], name: sandbox.now()}
