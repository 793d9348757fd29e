"""Collecting: how invoices are charged, now or later, and what a subscription becomes by
that."""

from __future__ import annotations

from contextlib import suppress

from adapters.embedded.stripe_sandbox.errors import Refused, declined
from adapters.embedded.stripe_sandbox.resources import (
    customers,
    invoice_states,
    payment_intents,
    payment_methods,
    subscription_states,
)
from adapters.embedded.stripe_sandbox.resources.invoice_payments import intent_of
from adapters.embedded.stripe_sandbox.sandbox import Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

FINALIZES, COLLECTS = "finalize_invoice", "collect_invoice"
RETRIES_S = tuple(days * 86_400 for days in (3, 5, 7))
"""How long after each attempt that failed the next is made; then the subscription ends."""


def finalize_due(sandbox: Sandbox, id: str) -> None:
    """Finalize a draft whose hour is over, and charge it."""
    invoice = sandbox.get(invoice_states.KIND, id)
    if invoice["status"] == "draft" and invoice["auto_advance"]:
        charge_saved(sandbox, invoice_states.finalize(sandbox, invoice))


def collect_due(sandbox: Sandbox, id: str) -> None:
    """Charge an invoice again that was not paid."""
    invoice = sandbox.get(invoice_states.KIND, id)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        charge_saved(sandbox, invoice)


def charge_saved(sandbox: Sandbox, invoice: Resource) -> None:
    """Charge what its subscription, or its customer, has saved; what fails is tried later."""
    method = saved_method(sandbox, invoice)
    with suppress(Refused):
        collect(sandbox, invoice, method, off_session=True, is_automatic=True)


def collect(
    sandbox: Sandbox,
    invoice: Resource,
    method: Resource | None,
    *,
    off_session: bool,
    is_automatic: bool = False,
    is_authenticated: bool = False,
) -> Resource | None:
    """Charge an open invoice, and return its payment: paid, or waiting for its buyer to confirm;
    None: it owed nothing.

    Raises Refused where the bank declines; that it was tried is kept.
    """
    intent = intent_of(sandbox, invoice["id"])
    if intent is None:
        _paid(sandbox, invoice)
        return None
    try:
        if method is None:
            raise _no_method()
        intent = payment_intents.attempt(
            sandbox, intent, method, off_session=off_session, is_authenticated=is_authenticated
        )
    except Refused as refusal:
        if refusal.keeps:
            _count(sandbox, invoice, is_automatic=is_automatic)
            _failed(sandbox, invoice, is_automatic=is_automatic)
        raise
    if intent["status"] == "succeeded":
        _count(sandbox, invoice, is_automatic=is_automatic)
        _paid(sandbox, invoice)
    return intent


def saved_method(sandbox: Sandbox, invoice: Resource) -> Resource | None:
    """Return what is charged for an invoice: what its subscription has saved, or its customer."""
    subscription = _subscription(sandbox, invoice)
    customer = sandbox.get(customers.KIND, invoice["customer"])
    for id in (
        subscription["default_payment_method"],
        customer["invoice_settings"]["default_payment_method"],
    ):
        if id is None:
            continue
        method = sandbox.get(payment_methods.KIND, id)
        if method["customer"] == customer["id"]:
            return method
    return None


def _no_method() -> Refused:
    why = "You cannot pay this invoice: its customer has no payment method."
    return declined("missing_payment_method", "missing_payment_method", why)


def _count(sandbox: Sandbox, invoice: Resource, *, is_automatic: bool) -> None:
    """Count an attempt: any is the first, then only those that the calendar makes."""
    if is_automatic or not invoice["attempt_count"]:
        sandbox.change(invoice, attempt_count=invoice["attempt_count"] + 1)
    sandbox.change(invoice, attempted=True)


def _paid(sandbox: Sandbox, invoice: Resource) -> None:
    invoice_states.settle(sandbox, invoice)
    subscription_states.paid(sandbox, _subscription(sandbox, invoice), invoice["id"])


def _failed(sandbox: Sandbox, invoice: Resource, *, is_automatic: bool) -> None:
    subscription = _subscription(sandbox, invoice)
    tries = invoice["attempt_count"]
    is_last = is_automatic and tries > len(RETRIES_S)
    if is_automatic and not is_last:
        wait_s = RETRIES_S[tries - 1]
        sandbox.change(invoice, next_payment_attempt=sandbox.now() + wait_s)
        sandbox.later(wait_s, COLLECTS, invoice["id"])
    elif is_last:
        sandbox.change(invoice, auto_advance=False, next_payment_attempt=None)
    sandbox.emit("invoice.payment_failed", invoice)
    if not is_last:
        subscription_states.unpaid(sandbox, subscription)
    elif subscription["status"] in subscription_states.RUNNING:
        subscription_states.end(sandbox, subscription, "payment_failed")


def _subscription(sandbox: Sandbox, invoice: Resource) -> Resource:
    return sandbox.get(subscription_states.KIND, invoice["_subscription"])
