"""Invoice lines: what an invoice is for, each with its amount."""

from __future__ import annotations

from typing import Any

from adapters.embedded.stripe_sandbox.resources.prices import described
from adapters.embedded.stripe_sandbox.sandbox import Sandbox, shown
from adapters.embedded.stripe_sandbox.store import Resource

KIND = "line_item"
_FIRST = 10
"""How many an invoice shows with it."""


def item_line(sandbox: Sandbox, invoice: str, item: Resource) -> Resource:
    """Return the line of an item of a subscription, for the period that has begun."""
    price, quantity = item["price"], item["quantity"]
    return _new_line(
        sandbox,
        invoice,
        amount=price["unit_amount"] * quantity,
        currency=price["currency"],
        description=described(sandbox, price, quantity),
        period={"start": item["current_period_start"], "end": item["current_period_end"]},
        pricing=pricing_of(price),
        quantity=quantity,
        subscription=item["subscription"],
        parent={
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
    )


def added_line(sandbox: Sandbox, invoice: str, added: Resource) -> Resource:
    """Return the line of an invoice item."""
    subscription = ((added["parent"] or {}).get("subscription_details") or {}).get("subscription")
    return _new_line(
        sandbox,
        invoice,
        amount=added["amount"],
        currency=added["currency"],
        description=added["description"],
        discountable=added["discountable"],
        metadata=dict(added["metadata"]),
        period=dict(added["period"]),
        pricing=added["pricing"],
        quantity=added["quantity"],
        subscription=subscription,
        parent={
            "invoice_item_details": {
                "invoice_item": added["id"],
                "proration": added["proration"],
                "proration_details": {"credited_items": None},
                "subscription": subscription,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
    )


def pricing_of(price: Resource) -> Resource:
    """Return what a line says of the price that it is of."""
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def lines_of(sandbox: Sandbox, invoice: str) -> list[Resource]:
    """Return the lines of an invoice, the last first."""
    return sandbox.store.find(KIND, {"invoice": invoice})


def first_of(found: list[Resource], invoice: str) -> Resource:
    """Return the list of lines that an invoice shows."""
    return {
        "object": "list",
        "data": [shown(each) for each in found[:_FIRST]],
        "has_more": len(found) > _FIRST,
        "url": f"/v1/invoices/{invoice}/lines",
    }


def _new_line(sandbox: Sandbox, invoice: str, **fields: Any) -> Resource:
    usual = {
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity_decimal": str(fields["quantity"]),
        "subtotal": fields["amount"],
        "taxes": [],
    }
    return sandbox.new(KIND, "il_", **{**usual, **fields})
