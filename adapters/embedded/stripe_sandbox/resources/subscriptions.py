"""Subscriptions: what somebody pays for each period, until it is cancelled or not paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.listing import listed
from adapters.embedded.stripe_sandbox.resources import customers, invoice_states, payment_methods
from adapters.embedded.stripe_sandbox.resources.billing import RENEWS, draft, renew_later
from adapters.embedded.stripe_sandbox.resources.collecting import charge_saved, collect
from adapters.embedded.stripe_sandbox.resources.prices import recurring_price
from adapters.embedded.stripe_sandbox.resources.subscription_items import (
    changed,
    new_item,
    prorate,
)
from adapters.embedded.stripe_sandbox.resources.subscription_states import (
    KIND,
    RUNNING,
    end,
    end_of,
    expire,
    move,
    start_of,
)
from adapters.embedded.stripe_sandbox.sandbox import Call, Operation, Sandbox, new_id
from adapters.embedded.stripe_sandbox.store import Resource

EXPIRES = "expire_subscription"
_WAITS_S = 23 * 3600
"""How long a first invoice can be paid."""

_UNUSED = (
    *("application", "application_fee_percent", "billing_cycle_anchor_config", "billing_schedules"),
    *("billing_thresholds", "cancel_at", "canceled_at", "customer_account", "days_until_due"),
    *("default_source", "description", "ended_at", "latest_invoice", "on_behalf_of"),
    *("next_pending_invoice_item_invoice", "pause_collection", "pending_invoice_item_interval"),
    *("pending_setup_intent", "pending_update", "schedule", "test_clock"),
    *("transfer_data", "trial_end", "trial_start"),
)
_CREATED_BY = {
    *("cancel_at_period_end", "collection_method", "currency", "customer", "off_session"),
    *("default_payment_method", "expand", "items", "metadata", "payment_behavior"),
}
_UPDATED_BY = {
    *("cancel_at", "cancel_at_period_end", "default_payment_method", "expand", "items"),
    *("metadata", "off_session", "payment_behavior", "proration_behavior"),
}


def new_subscription(
    sandbox: Sandbox,
    customer: str,
    wanted: Sequence[tuple[Resource, int]],
    metadata: dict[str, str],
) -> Resource:
    """Return a subscription to prices, each so many times, whose first invoice waits to be paid."""
    now = sandbox.now()
    if len({price["currency"] for price, _ in wanted}) != 1:
        raise Refused("All prices of a subscription must have one currency.", param="items")
    id = new_id("sub_")
    items = [new_item(sandbox, id, *each) for each in wanted]
    if len({each["current_period_end"] for each in items}) != 1:
        raise Refused("All prices of a subscription must have one interval.", param="items")
    subscription = sandbox.new(
        KIND,
        "sub_",
        **{
            **dict.fromkeys(_UNUSED),
            "id": id,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_mode": {"flexible": None, "type": "classic"},
            "cancel_at_period_end": False,
            "cancellation_details": {"comment": None, "feedback": None, "reason": None},
            "collection_method": "charge_automatically",
            "currency": wanted[0][0]["currency"],
            "customer": customer,
            "default_payment_method": None,
            "default_tax_rates": [],
            "discounts": [],
            "invoice_settings": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": {"type": "self"},
            },
            "items": {
                "object": "list",
                "data": items,
                "has_more": False,
                "url": f"/v1/subscription_items?subscription={id}",
            },
            "managed_payments": {"enabled": False},
            "metadata": metadata,
            "payment_settings": {
                "payment_method_options": None,
                "payment_method_types": None,
                "save_default_payment_method": "off",
            },
            "start_date": now,
            "status": "incomplete",
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        },
    )
    sandbox.emit("customer.subscription.created", subscription)
    invoice_states.finalize(sandbox, draft(sandbox, subscription, "subscription_create", now))
    renew_later(sandbox, subscription)
    sandbox.later(_WAITS_S, EXPIRES, id)
    return subscription


def pay_first(
    sandbox: Sandbox,
    subscription: Resource,
    method: Resource,
    *,
    off_session: bool,
    is_authenticated: bool = False,
) -> Resource | None:
    """Pay the first invoice of a subscription, and return its payment; None: it owes nothing. What
    paid it is charged again at each renewal. Raises Refused where the bank declines."""
    invoice = sandbox.get(invoice_states.KIND, subscription["latest_invoice"])
    if not invoice["amount_due"]:
        payment_methods.attach(sandbox, method, subscription["customer"])
    intent = collect(
        sandbox, invoice, method, off_session=off_session, is_authenticated=is_authenticated
    )
    if intent is None or intent["status"] == "succeeded":
        move(sandbox, sandbox.get(KIND, subscription["id"]), default_payment_method=method["id"])
    return intent


def running(sandbox: Sandbox, customer: str) -> list[Resource]:
    """Return the subscriptions of a customer that are paid each period, or should be."""
    return sandbox.store.find(KIND, {"customer": customer, "status": list(RUNNING)})


def pay_by(sandbox: Sandbox, customer: str, method: str) -> None:
    """Have a payment method be charged for all that a customer subscribes to."""
    found = sandbox.get(customers.KIND, customer)
    settings = {**found["invoice_settings"], "default_payment_method": method}
    sandbox.change(found, invoice_settings=settings)
    sandbox.emit("customer.updated", found)
    for each in running(sandbox, customer):
        move(sandbox, each, default_payment_method=method)


def expire_due(sandbox: Sandbox, id: str) -> None:
    """Have a subscription never have begun whose first invoice nobody has paid."""
    subscription = sandbox.get(KIND, id)
    if subscription["status"] == "incomplete":
        expire(sandbox, subscription)


def cancel_at_end(sandbox: Sandbox, subscription: Resource, *, is_wanted: bool) -> Resource:
    """Have a subscription end with its period, or go on after all."""
    return _to_end(sandbox, subscription, end_of(subscription) if is_wanted else None)


def _to_end(sandbox: Sandbox, subscription: Resource, at: int | None) -> Resource:
    details = subscription["cancellation_details"]
    if at is not None:
        sandbox.later(at - sandbox.now(), RENEWS, subscription["id"])
    return move(
        sandbox,
        subscription,
        cancel_at=at,
        cancel_at_period_end=at == end_of(subscription),
        canceled_at=sandbox.now() if at is not None else None,
        cancellation_details={**details, "reason": "cancellation_requested" if at else None},
    )


def _create(sandbox: Sandbox, call: Call) -> Resource:
    params = call.params
    _require_known(params, _CREATED_BY)
    if "customer" not in params or not params.get("items"):
        raise Refused("Missing required param: items.", code="parameter_missing", param="items")
    customer = customers.customer_of(sandbox, params["customer"])
    wanted = [_wanted(sandbox, number, each) for number, each in enumerate(params["items"])]
    metadata = dict(params.get("metadata") or {})
    subscription = new_subscription(sandbox, customer["id"], wanted, metadata)
    method = params.get("default_payment_method")
    method = method or customer["invoice_settings"]["default_payment_method"]
    behaviour = params.get("payment_behavior", "allow_incomplete")
    invoice = sandbox.get(invoice_states.KIND, subscription["latest_invoice"])
    if not invoice["amount_due"]:
        collect(sandbox, invoice, None, off_session=True)
    elif method is not None and behaviour != "default_incomplete":
        paying = _method(sandbox, method, customer["id"])
        try:
            pay_first(sandbox, subscription, paying, off_session=True)
        except Refused as refusal:
            if not refusal.keeps or behaviour == "error_if_incomplete":
                refusal.keeps = False
                raise
    subscription = sandbox.get(KIND, subscription["id"])
    if method is not None:
        sandbox.change(subscription, default_payment_method=method)
    if params.get("cancel_at_period_end"):
        cancel_at_end(sandbox, subscription, is_wanted=True)
    return subscription


def _wanted(sandbox: Sandbox, number: int, given: Resource) -> tuple[Resource, int]:
    name = f"items[{number}][price]"
    if "price" not in given:
        raise Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return recurring_price(sandbox, given["price"], name), given.get("quantity", 1)


def _method(sandbox: Sandbox, id: str, customer: str) -> Resource:
    method = sandbox.get(payment_methods.KIND, id, "default_payment_method")
    if method["customer"] != customer:
        raise Refused(
            f"The customer does not have a payment method with the ID {id}.",
            code="resource_missing",
            param="default_payment_method",
        )
    return method


def _require_known(params: dict[str, Any], known: set[str]) -> None:
    for name in params.keys() - known:
        raise Refused(f"The sandbox does not know this of subscriptions: {name}.", param=name)


def _update(sandbox: Sandbox, call: Call) -> Resource:
    params = call.params
    _require_known(params, _UPDATED_BY)
    subscription = _open(sandbox, call.id)
    if params.get("items"):
        behaviour = params.get("proration_behavior", "create_prorations")
        subscription = _change_items(sandbox, subscription, params["items"], behaviour)
    if "cancel_at_period_end" in params:
        is_wanted = params["cancel_at_period_end"]
        subscription = cancel_at_end(sandbox, subscription, is_wanted=is_wanted)
    if "cancel_at" in params:
        subscription = _to_end(sandbox, subscription, params["cancel_at"] or None)
    fields: Resource = {}
    if "metadata" in params:
        metadata = {**subscription["metadata"], **(params["metadata"] or {})}
        fields["metadata"] = {name: each for name, each in metadata.items() if each}
    if "default_payment_method" in params:
        method = params["default_payment_method"]
        fields["default_payment_method"] = _method(sandbox, method, subscription["customer"])["id"]
    return move(sandbox, subscription, **fields)


def _open(sandbox: Sandbox, id: str) -> Resource:
    subscription = sandbox.get(KIND, id)
    if subscription["ended_at"] is not None:
        raise Refused(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="resource_missing",
        )
    return subscription


def _change_items(
    sandbox: Sandbox, subscription: Resource, given: list[Resource], behaviour: str
) -> Resource:
    """Change items, and bill the difference: with the next invoice, or now; a period of another
    length begins now, and is owed at once."""
    start, items = start_of(subscription), list(subscription["items"]["data"])
    for each in given:
        place = _place(items, each)
        before, after = items[place], changed(sandbox, items[place], each)
        items[place] = after
        if behaviour != "none" and (before["price"], before["quantity"]) != (
            after["price"],
            after["quantity"],
        ):
            prorate(sandbox, subscription, before, after)
    fields: Resource = {"items": {**subscription["items"], "data": items}}
    is_anew = items[0]["current_period_start"] != start
    if is_anew:
        fields["billing_cycle_anchor"] = sandbox.now()
    subscription = move(sandbox, subscription, **fields)
    if is_anew:
        renew_later(sandbox, subscription)
    if is_anew or behaviour == "always_invoice":
        invoice = draft(sandbox, subscription, "subscription_update", start, of_items=is_anew)
        charge_saved(sandbox, invoice_states.finalize(sandbox, invoice))
    return sandbox.get(KIND, subscription["id"])


def _place(items: list[Resource], given: Resource) -> int:
    if given.get("deleted") or ("id" not in given and len(items) > 1):
        raise Refused("The sandbox changes items by their ids.", param="items[0][id]")
    for place, each in enumerate(items):
        if given.get("id", each["id"]) == each["id"]:
            return place
    raise Refused(f"No such subscription_item: '{given['id']}'", param="items[0][id]")


def _cancel(sandbox: Sandbox, call: Call) -> Resource:
    return end(sandbox, _open(sandbox, call.id), "cancellation_requested")


def _retrieve(sandbox: Sandbox, call: Call) -> Resource:
    return sandbox.get(KIND, call.id)


_STATUSES = ("active", "incomplete", "past_due")


def _list(sandbox: Sandbox, call: Call) -> Resource:
    status = call.params.get("status", list(_STATUSES))
    wanted = {"customer": call.params.get("customer"), "status": status}
    if status == "all":
        wanted["status"] = None
    return listed(sandbox, call, KIND, "/v1/subscriptions", **wanted)


_ONE = "/v1/subscriptions/{id}"
_PARAMS = "stripe.params.Subscription{}Params"
OPERATIONS = (
    Operation("POST", "/v1/subscriptions", _PARAMS.format("Create"), _create),
    Operation("GET", "/v1/subscriptions", _PARAMS.format("List"), _list),
    Operation("GET", _ONE, _PARAMS.format("Retrieve"), _retrieve),
    Operation("POST", _ONE, _PARAMS.format("Update"), _update),
    Operation("DELETE", _ONE, _PARAMS.format("Cancel"), _cancel),
)
