"""Billing: the invoices that a subscription brings, and its periods, one after another."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.resources import invoice_states, subscription_states
from adapters.embedded.stripe_sandbox.resources.collecting import FINALIZES
from adapters.embedded.stripe_sandbox.resources.invoice_items import take_pending
from adapters.embedded.stripe_sandbox.resources.invoice_lines import item_line
from adapters.embedded.stripe_sandbox.resources.subscription_items import advanced
from adapters.embedded.stripe_sandbox.sandbox import Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

RENEWS = "renew_subscription"
"""The action that looks whether a period, or a subscription, is over."""


def draft(
    sandbox: Sandbox, subscription: Resource, reason: str, start: int, *, of_items: bool = True
) -> Resource:
    """Return the draft of an invoice: of the period that has begun, and of all that waits.

    `start`: of the time that is over.
    """
    invoice = invoice_states.new_draft(sandbox, subscription, reason, start)
    if of_items:
        for item in subscription["items"]["data"]:
            item_line(sandbox, invoice["id"], item)
    take_pending(sandbox, invoice)
    invoice_states.add_up(sandbox, invoice)
    sandbox.change(subscription, latest_invoice=invoice["id"])
    sandbox.emit("invoice.created", invoice)
    return invoice


def renew_later(sandbox: Sandbox, subscription: Resource) -> None:
    """Have the period that is now be followed by the next."""
    ends = subscription_states.end_of(subscription)
    sandbox.later(ends - sandbox.now(), RENEWS, subscription["id"])


def renew(sandbox: Sandbox, id: str) -> None:
    """Begin the next period with a draft of its invoice, or end a subscription that is to end."""
    subscription = sandbox.get(subscription_states.KIND, id)
    now = sandbox.now()
    if subscription["status"] not in subscription_states.RUNNING:
        return
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= now:
        subscription_states.end(sandbox, subscription, "cancellation_requested")
        return
    if subscription_states.end_of(subscription) > now:
        return
    start, anchor = subscription_states.start_of(subscription), subscription["billing_cycle_anchor"]
    items = [advanced(each, anchor) for each in subscription["items"]["data"]]
    subscription = subscription_states.move(
        sandbox, subscription, items={**subscription["items"], "data": items}
    )
    invoice = draft(sandbox, subscription, "subscription_cycle", start)
    sandbox.later(invoice_states.DRAFT_S, FINALIZES, invoice["id"])
    renew_later(sandbox, subscription)
