"""Subscription items: what a subscription is of: prices, each so many times, and their period."""

from __future__ import annotations

from adapters.embedded.stripe_sandbox.billing_calendar import end_after, months_of
from adapters.embedded.stripe_sandbox.currency_amounts import step_of
from adapters.embedded.stripe_sandbox.errors import Refused
from adapters.embedded.stripe_sandbox.resources import invoice_items, products
from adapters.embedded.stripe_sandbox.resources.prices import recurring_price
from adapters.embedded.stripe_sandbox.sandbox import Sandbox, new_id
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "subscription_item"


def new_item(sandbox: Sandbox, subscription: str, price: Resource, quantity: int) -> Resource:
    """Return an item whose first period begins now."""
    now = sandbox.now()
    return {
        "id": new_id("si_"),
        "object": KIND,
        "billing_thresholds": None,
        "created": now,
        "current_period_end": end_after(now, now, months_of(price)),
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        **_of(price, quantity),
        "subscription": subscription,
        "tax_rates": [],
    }


def advanced(item: Resource, anchor: int) -> Resource:
    """Return an item in its next period."""
    start = item["current_period_end"]
    end = end_after(anchor, start, months_of(item["price"]))
    return {**item, "current_period_start": start, "current_period_end": end}


def changed(sandbox: Sandbox, item: Resource, given: Resource) -> Resource:
    """Return an item of another price, or so many more or fewer times; its period begins anew with
    one of another length."""
    price = recurring_price(sandbox, given["price"]) if "price" in given else item["price"]
    quantity: int = given["quantity"] if "quantity" in given else item["quantity"]
    if price["currency"] != item["price"]["currency"]:
        raise Refused("A subscription is of one currency.", param="items[0][price]")
    if quantity < 1:
        raise Refused("The sandbox knows quantities from 1 on.", param="items[0][quantity]")
    after = {**item, **_of(price, quantity)}
    if months_of(price) != months_of(item["price"]):
        now = sandbox.now()
        after["current_period_start"] = now
        after["current_period_end"] = end_after(now, now, months_of(price))
    return after


def prorate(sandbox: Sandbox, subscription: Resource, before: Resource, after: Resource) -> None:
    """Have what is left of a period be given back, and be owed for what it is of now; a period
    that begins anew is owed by its own line."""
    sides = [(-1, before, "Unused")]
    if after["current_period_start"] == before["current_period_start"]:
        sides.append((1, after, "Remaining"))
    now = sandbox.now()
    start, end = before["current_period_start"], before["current_period_end"]
    for sign, item, word in sides:
        price, quantity = item["price"], item["quantity"]
        amount = _share(price["unit_amount"] * quantity, end - now, end - start)
        amount -= amount % step_of(price["currency"])
        name = sandbox.get(products.KIND, price["product"])["name"]
        invoice_items.new_added(
            sandbox,
            subscription["customer"],
            sign * amount,
            price["currency"],
            description=f"{word} time on {quantity} \N{MULTIPLICATION SIGN} {name}",
            period={"start": now, "end": end},
            price=price,
            proration=True,
            quantity=quantity,
            subscription=subscription["id"],
            subscription_item=item["id"],
        )


def _share(amount: int, part: int, whole: int) -> int:
    """Return a part of an amount, rounded half up."""
    return (2 * amount * part + whole) // (2 * whole)


def _of(price: Resource, quantity: int) -> Resource:
    recurring = price["recurring"]
    plan = {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": dict(price["metadata"]),
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    return {"plan": plan, "price": price, "quantity": quantity}
