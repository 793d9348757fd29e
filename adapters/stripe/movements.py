"""Movements in Stripe's own book, in our words."""

from __future__ import annotations

from typing import Any

from adapters.stripe.amounts import from_stripe
from adapters.stripe.notices import Shown, id_of
from ledger.purchases.provider import Movement, MovementKind

_KINDS = {
    "charge": MovementKind.PAYMENT,
    "payment": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "payment_failure_refund": MovementKind.REFUND,
    "stripe_fee": MovementKind.FEE,
    "payout": MovementKind.PAYOUT,
    "payout_failure": MovementKind.PAYOUT,
    "payout_cancel": MovementKind.PAYOUT,
}


def movement_of(shown: Shown) -> Movement:
    """Return a balance transaction, its source read with it, as a movement."""
    source = shown["source"]
    return Movement(
        id=shown["id"],
        kind=_kind(shown, source),
        of=_moved_by(shown, source),
        money=from_stripe(shown["amount"], shown["currency"]),
        fee=from_stripe(shown["fee"], shown["currency"]).amount,
        created_us=shown["created"] * 1_000_000,
        purchase=_purchase(source),
    )


def _kind(shown: Shown, source: Any) -> MovementKind:
    if isinstance(source, dict) and source.get("object") == "dispute":
        return MovementKind.DISPUTE if shown["amount"] < 0 else MovementKind.DISPUTE_BACK
    return _KINDS.get(shown["type"], MovementKind.OTHER)


def _moved_by(shown: Shown, source: Any) -> str:
    """Return the id of a payment for a charge of it: a charge is an attempt of one."""
    if isinstance(source, dict) and source.get("object") == "charge":
        return id_of(source["payment_intent"]) or str(source["id"])
    return id_of(source) or str(shown["id"])


def _purchase(source: Any) -> str | None:
    metadata = source.get("metadata") if isinstance(source, dict) else None
    found = (metadata or {}).get("purchase")
    return found if isinstance(found, str) else None
