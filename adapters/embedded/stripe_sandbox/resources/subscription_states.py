"""Subscription states: where a subscription is, and how it is said."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.resources import invoice_states
from adapters.embedded.stripe_sandbox.sandbox import Sandbox
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "subscription"
RUNNING = ("active", "past_due")
"""The states in which its periods go on."""


def move(sandbox: Sandbox, subscription: Resource, **fields: Any) -> Resource:
    """Change a subscription, and say so."""
    changed = {name: each for name, each in fields.items() if subscription[name] != each}
    if not changed:
        return subscription
    before = {name: subscription[name] for name in changed}
    sandbox.change(subscription, **changed)
    sandbox.emit("customer.subscription.updated", subscription, before)
    return subscription


def end(sandbox: Sandbox, subscription: Resource, reason: str) -> Resource:
    """Have a subscription be over; what it owes stays owed, and is asked for no more."""
    now = sandbox.now()
    for invoice in sandbox.store.find(
        invoice_states.KIND, {"_subscription": subscription["id"], "status": ["draft", "open"]}
    ):
        sandbox.change(invoice, auto_advance=False, next_payment_attempt=None)
    sandbox.change(
        subscription,
        canceled_at=subscription["canceled_at"] or now,
        cancellation_details={**subscription["cancellation_details"], "reason": reason},
        ended_at=now,
        status="canceled",
    )
    sandbox.emit("customer.subscription.deleted", subscription)
    return subscription


def expire(sandbox: Sandbox, subscription: Resource) -> Resource:
    """Have a subscription never have begun: its first invoice was not paid in time."""
    invoice = sandbox.get(invoice_states.KIND, subscription["latest_invoice"])
    invoice_states.void(sandbox, invoice)
    return move(sandbox, subscription, status="incomplete_expired", ended_at=sandbox.now())


def paid(sandbox: Sandbox, subscription: Resource, invoice: str) -> None:
    """Have a subscription go on, once the last of its invoices is paid."""
    if subscription["latest_invoice"] == invoice and subscription["status"] in (
        *RUNNING,
        "incomplete",
    ):
        move(sandbox, subscription, status="active")


def unpaid(sandbox: Sandbox, subscription: Resource) -> None:
    """Have a subscription owe something; one that was never paid stays incomplete."""
    if subscription["status"] == "active":
        move(sandbox, subscription, status="past_due")


def start_of(subscription: Resource) -> int:
    """Return when the period has begun that is now."""
    return int(subscription["items"]["data"][0]["current_period_start"])


def end_of(subscription: Resource) -> int:
    """Return when the period ends that is now."""
    return int(subscription["items"]["data"][0]["current_period_end"])
